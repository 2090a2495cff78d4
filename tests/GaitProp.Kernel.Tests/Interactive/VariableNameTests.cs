using GaitProp.Kernel.Commands;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Kernel.Tests.Interactive;

public sealed class VariableNameTests
{
    [Fact]
    public void The_compiler_agrees_on_every_keyword() =>
        Assert.All(SyntaxFacts.GetReservedKeywordKinds(), kind => Assert.False(VariableName.IsPossible(SyntaxFacts.GetText(kind))));

    [Theory]
    [InlineData("run")]
    [InlineData("_1")]
    [InlineData("größe")]
    [InlineData("var")]
    [InlineData("1x")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a-b")]
    [InlineData("@run")]
    [InlineData("a.b")]
    public void The_compiler_agrees_on_names(string name) =>
        Assert.Equal(SyntaxFacts.IsValidIdentifier(name), VariableName.IsPossible(name));
}
