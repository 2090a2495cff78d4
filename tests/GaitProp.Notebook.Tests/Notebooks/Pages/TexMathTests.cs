using System.Xml.Linq;
using GaitProp.Notebook.Notebooks.Pages;

namespace GaitProp.Notebook.Tests.Notebooks.Pages;

public sealed class TexMathTests
{
    [Theory]
    [InlineData("x", "<mi>x</mi>")]
    [InlineData("x_1^2", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>")]
    [InlineData("x^2_1", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>")]
    [InlineData("f'(z)", "<msup><mi>f</mi><mo>′</mo></msup><mo stretchy=\"false\">(</mo><mi>z</mi><mo stretchy=\"false\">)</mo>")]
    [InlineData("W^{-1}", "<msup><mi>W</mi><mrow><mo>−</mo><mn>1</mn></mrow></msup>")]
    [InlineData("\\tfrac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>")]
    [InlineData("\\frac{a}{b}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>")]
    [InlineData("\\sqrt[3]{n}", "<mroot><mrow><mi>n</mi></mrow><mrow><mn>3</mn></mrow></mroot>")]
    [InlineData("10^{-7}", "<msup><mn>10</mn><mrow><mo>−</mo><mn>7</mn></mrow></msup>")]
    [InlineData("\\gamma \\le 1.5", "<mi>γ</mi><mo>≤</mo><mn>1.5</mn>")]
    [InlineData("\\mathbb{R}", "<mrow><mi>ℝ</mi></mrow>")]
    [InlineData("\\text{if } x", "<mtext>if&nbsp;</mtext><mi>x</mi>")]
    [InlineData("a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>")]
    [InlineData(
        "\\sum\\limits_{i}^n",
        "<munderover><mo movablelimits=\"false\" largeop=\"true\">∑</mo><mrow><mi>i</mi></mrow><mi>n</mi></munderover>"
    )]
    [InlineData("\\int \\limits_0 x", "<munder><mo movablelimits=\"false\" largeop=\"true\">∫</mo><mn>0</mn></munder><mi>x</mi>")]
    [InlineData("\\label{eq:x_1} x", "<mi>x</mi>")]
    [InlineData("\\nonumber_1", "<msub><mrow></mrow><mn>1</mn></msub>")]
    [InlineData("\\log x", "<mi>log</mi><mspace width=\"0.1em\"/><mi>x</mi>")]
    [InlineData("\\log_2 x", "<msub><mi>log</mi><mn>2</mn></msub><mspace width=\"0.1em\"/><mi>x</mi>")]
    [InlineData("\\sin_k ^2 x", "<msubsup><mi>sin</mi><mi>k</mi><mn>2</mn></msubsup><mspace width=\"0.1em\"/><mi>x</mi>")]
    [InlineData("\\frac\\log x", "<mfrac><mi>log</mi><mi>x</mi></mfrac>")]
    [InlineData("x^\\log", "<msup><mi>x</mi><mi>log</mi></msup>")]
    [InlineData("𝒩 = 𝟙", "<mi>𝒩</mi><mo>=</mo><mi>𝟙</mi>")]
    [InlineData("𝒩_1^2", "<msubsup><mi>𝒩</mi><mn>1</mn><mn>2</mn></msubsup>")]
    public void Tex_becomes_MathML(string tex, string math) =>
        Assert.Contains($"<mrow>{math}</mrow><annotation", TexMath.Html(tex, display: false), StringComparison.Ordinal);

    [Theory]
    [InlineData("\\unknown{x}")]
    [InlineData("\\frac{a}")]
    [InlineData("{a")]
    [InlineData("a}")]
    [InlineData("\\left( a")]
    [InlineData("\\begin{aligned} a")]
    [InlineData("\\begin{tikzpicture}\\end{tikzpicture}")]
    [InlineData("a & b")]
    [InlineData("x_")]
    [InlineData("x_1\\limits^2")]
    [InlineData("\\label x")]
    [InlineData("\\left𝒩 a \\right)")]
    [InlineData("\\")]
    public void What_is_not_understood_stays_readable(string tex)
    {
        var html = TexMath.Html(tex, display: false);

        Assert.StartsWith("<code class=\"tex\"", html, StringComparison.Ordinal);
        Assert.Contains(tex.Replace("&", "&amp;", StringComparison.Ordinal), html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\gamma_l = \\frac{\\eta\\sqrt{n_l}}{\\lVert t_l - a_l \\rVert_2}")]
    [InlineData(
        "\\begin{aligned} z &= W x + b \\\\ a &= f(z), \\quad f = \\begin{cases} z & z \\ge 0 \\\\ 0.1 z & \\text{otherwise} \\end{cases} \\end{aligned}"
    )]
    [InlineData("\\sum\\limits_{i}^n \\int\\limits^1 \\max\\limits_x x, 𝒩_1^2 \\label{eq:x}")]
    [InlineData("\\log_2 x + \\sin^2 x \\frac\\log x y^\\exp \\hat\\det \\rank\\limits_k'' A")]
    [InlineData("\\left\\lVert \\sum_{i=1}^{N} \\hat d_i \\right\\rVert^2 \\underbrace{W^\\top}_{\\text{transpose}}")]
    [InlineData(
        "\\arccos\\left(\\frac{u \\cdot v}{\\|u\\|\\,\\|v\\|}\\right) \\approx 1^\\circ, \\mathcal{L}(\\boldsymbol{\\theta}) \\to \\min_{\\theta}"
    )]
    [InlineData("\\begin{pmatrix} 1 & 0 \\\\ 0 & 1 \\end{pmatrix} \\odot \\mathbf{x}''")]
    public void Formulas_of_the_paper_are_set_and_well_formed(string tex)
    {
        var html = TexMath.Html(tex, display: true);

        var math = XElement.Parse(html.Replace("&nbsp;", "\u00a0", StringComparison.Ordinal));
        Assert.Equal("math", math.Name.LocalName);
        Assert.All(
            math.Descendants().Where(e => e.Name.LocalName is "mfrac" or "msub" or "msup" or "mroot" or "munder" or "mover"),
            e => Assert.Equal(2, e.Elements().Count())
        );
        Assert.All(
            math.Descendants().Where(e => e.Name.LocalName is "msubsup" or "munderover"),
            e => Assert.Equal(3, e.Elements().Count())
        );
    }
}
