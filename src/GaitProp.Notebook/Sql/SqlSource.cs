namespace GaitProp.Notebook.Sql;

/// <summary>Views that a program brings to SQL, over files of a folder.</summary>
/// <param name="Option">The option that names the folder, with its dashes.</param>
/// <param name="Description">What the option means, in a sentence.</param>
/// <param name="Names">The views' names.</param>
/// <param name="Views">The views of a folder, or of the usual one if it is not named; of a folder that is not there the exception's message
/// says so.</param>
internal sealed record SqlSource(
    string Option,
    string Description,
    IReadOnlyList<string> Names,
    Func<string?, IReadOnlyList<SqlView>> Views
);

/// <summary>A view.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Query">What it shows.</param>
internal sealed record SqlView(string Name, string Query);
