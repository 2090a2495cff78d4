using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Charts;
using GaitProp.Storage;

namespace GaitProp.Benchmarks.Measuring;

/// <summary>
/// The report: a Markdown file whose sections are replaced one by one, so that it can be made in several sittings. Each section says when
/// and on what it was measured, and holds only ratios within its own run.
/// </summary>
/// <param name="path">The file; made if it does not exist.</param>
internal sealed partial class ReportFile(string path)
{
    private const string Preface = """
        # What it costs

        Written by `dotnet run -c Release --project benchmarks/GaitProp.Benchmarks`; `--only NAME` measures the section of that name again, or all below it (`steps`, `steps/cifar-deep/256`), and leaves the others. What stands here are
        ratios of one run each, in which all ways took turns: the median of the rounds' ratios, and their quartiles. Seconds are given for scale.

        *share of peak*: floating-point operations of the matrix products (and factorisations) of a step, by its time, by the rate of one large square product, measured in the same rounds. *x BP*: the time in steps of
        our own backpropagation in float32.

        """;

    /// <summary>Finds out before minutes of measuring whether the report can be written.</summary>
    /// <exception cref="GaitPropException">It cannot.</exception>
    public void EnsureWritable()
    {
        if (Directory.Exists(path))
        {
            throw new GaitPropException($"{path} is a folder, not a file: name a file for the report with --out.");
        }

        FigureFiles.EnsureWritable(Path.GetDirectoryName(Path.GetFullPath(path))!, "report");
    }

    /// <summary>Writes a section, in place of the one of that name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">What stands below its heading.</param>
    /// <param name="order">The names of all sections in their order.</param>
    /// <exception cref="GaitPropException">The report cannot be written; it is as it was.</exception>
    public void Put(string name, string text, IReadOnlyList<string> order)
    {
        var sections = File.Exists(path) ? Sections(File.ReadAllText(path)) : [];
        sections[name] = text.TrimEnd();
        var known = order.Where(sections.ContainsKey).Concat(sections.Keys.Except(order)).ToArray();
        var file = new StringBuilder(Preface);
        foreach (var section in known)
        {
            file.Append('\n').Append("## ").Append(section).Append("\n\n").Append(sections[section]).Append('\n');
        }

        AtomicFile.Write(path, Encoding.UTF8.GetBytes(file.ToString()));
    }

    private static Dictionary<string, string> Sections(string text) =>
        Heading().Matches(text).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Trim(), StringComparer.Ordinal);

    [GeneratedRegex(@"^## (\S+)\n(.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Heading();
}
