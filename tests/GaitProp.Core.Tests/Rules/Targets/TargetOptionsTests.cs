namespace GaitProp.Tests.Rules.Targets;

public sealed class TargetOptionsTests
{
    [Theory]
    [InlineData(TargetForm.Literal, TargetForm.Displacement)]
    [InlineData(TargetForm.Displacement, TargetForm.Displacement)]
    [InlineData(TargetForm.Limit, TargetForm.Limit)]
    public void The_rule_that_a_look_compares_with_has_the_exact_inverse_and_loses_no_digits(TargetForm form, TargetForm compared)
    {
        var inverse = form == TargetForm.Literal ? InverseStrategy.Exact : InverseStrategy.Transpose;
        var options = Assert.IsType<NormalisedGaitOptions>(
            new NormalisedGaitOptions
            {
                Form = form,
                Inverse = inverse,
                TargetStep = 2,
            }.Exact()
        );
        Assert.Equal((compared, InverseStrategy.Solve, 2.0), (options.Form, options.Inverse, options.TargetStep));
    }
}
