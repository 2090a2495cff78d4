using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>A bar with its words: what is read where no bar is seen, since a page has taken the styles out of HTML.</summary>
/// <param name="Bar">The bar.</param>
/// <param name="Words">The words, such as <c>10 kept, 1,014 auxiliary</c>.</param>
internal sealed record WordedBar(Bar Bar, string Words);
