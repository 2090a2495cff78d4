using System.Buffers;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GaitProp.Storage;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// Puts a figure into a folder as <c>NAME.html</c>, <c>NAME.png</c> and <c>NAME.csv</c>, all three or none, or into one file of any name.
/// </summary>
public static class FigureFiles
{
    /// <summary>The free space that a figure may need, in bytes: the new files beside the old ones.</summary>
    internal const int NeededBytes = 8_000_000;

    private static readonly string[] Extensions = [".html", ".png", ".csv"];

    // What some system forbids in a file name, whichever one this is: a folder of figures may be copied to another.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>
    /// Writes the three files. They are complete on the disk under temporary names before the first of them takes its name; if anything
    /// fails, the folder is as it was, with the figure it may have held before.
    /// </summary>
    /// <param name="figure">The figure; its name is that of the files.</param>
    /// <param name="folder">The folder; it is created if needed.</param>
    /// <param name="runs">The names of the runs that it shows: they are written beside it, as <c>NAME.runs.json</c>.</param>
    /// <returns>The full paths of the HTML page, the image and the table.</returns>
    /// <exception cref="GaitPropException">The name cannot be a file name, or the folder cannot be written: what, where, and what to
    /// do.</exception>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    internal static IReadOnlyList<string> Write(Figure figure, string folder, IReadOnlyList<string>? runs = null)
    {
        FigureCheck.Validate(figure);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        CheckName(figure.Name);
        (string Extension, byte[] Content)[] files =
        [
            (".html", Encoding.UTF8.GetBytes(PlotlyFigure.Html(figure))),
            (".png", StaticFigure.Png(figure)),
            (".csv", Encoding.UTF8.GetBytes(FigureCsv.Write(figure))),
        ];

        var written = Guarded(
            $"Figure '{figure.Name}' was not saved",
            folder,
            path =>
            {
                Directory.CreateDirectory(path);
                using var set = new FileSet();
                foreach (var (extension, content) in files)
                {
                    set.Add(Path.Combine(path, figure.Name + extension), content);
                }

                // The last: a figure that does not say yet what it shows is drawn again.
                if (runs is not null)
                {
                    set.Add(RunsFile(figure.Name, path), JsonSerializer.SerializeToUtf8Bytes(runs));
                }

                return set.Commit();
            }
        );
        return [.. written.Take(files.Length)];
    }

    /// <summary>The names of the runs that a folder's figure shows; none where nothing says so, or a file of it is missing.</summary>
    /// <param name="name">The figure's name.</param>
    /// <param name="folder">The folder; it need not exist.</param>
    internal static IReadOnlySet<string> RunsOf(string name, string folder)
    {
        var runs = new HashSet<string>(StringComparer.Ordinal);
        if (Extensions.All(e => File.Exists(Path.Combine(folder, name + e))) && File.Exists(RunsFile(name, folder)))
        {
            try
            {
                runs.UnionWith(JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(RunsFile(name, folder))) ?? []);
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                runs.Clear();
            }
        }

        return runs;
    }

    private static string RunsFile(string name, string folder) => Path.Combine(folder, $"{name}.runs.json");

    /// <summary>
    /// Writes one file, in the format that its extension names: <c>.html</c>, <c>.png</c>, <c>.svg</c>, <c>.pdf</c> or <c>.csv</c>, in
    /// capitals or not. Its folder is created if needed; a file of that name is replaced once the new one is complete on the disk.
    /// </summary>
    /// <param name="figure">The figure; its own name does not matter.</param>
    /// <param name="file">The file.</param>
    /// <returns>The full path of the file.</returns>
    /// <exception cref="GaitPropException">The extension is none of these, or the place cannot be written: what, where, and what to
    /// do.</exception>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static string Save(Figure figure, string file)
    {
        FigureCheck.Validate(figure);
        ArgumentNullException.ThrowIfNull(file);
        Func<byte[]>? content = Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".html" => () => Encoding.UTF8.GetBytes(PlotlyFigure.Html(figure)),
            ".png" => () => StaticFigure.Png(figure),
            ".svg" => () => Encoding.UTF8.GetBytes(StaticFigure.Svg(figure)),
            ".pdf" => () => StaticFigure.Pdf(figure),
            ".csv" => () => Encoding.UTF8.GetBytes(FigureCsv.Write(figure)),
            _ => null,
        };
        CheckFile(file, content is not null);
        return Guarded(
            $"'{OneLine(Path.GetFileName(file))}' was not saved",
            FolderOf(file),
            path =>
            {
                Directory.CreateDirectory(path);
                using var set = new FileSet();
                set.Add(Path.Combine(path, Path.GetFileName(file)), content!());
                return set.Commit()[0];
            }
        );
    }

    /// <summary>
    /// Finds out before hours of training whether their results can be saved: creates the folder if needed, looks at the free space, writes
    /// a file of <see cref="NeededBytes"/> bytes and removes it.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="content">What is to be saved there, for the message.</param>
    /// <exception cref="GaitPropException">Nothing can be saved there: what is wrong, where, and what to do.</exception>
    internal static void EnsureWritable(string folder, string content = "figure")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Guarded(
            $"No {content} can be saved",
            folder,
            path =>
            {
                Directory.CreateDirectory(path);
                if (DiskSpace.FreeIn(path) is { } free && free < NeededBytes)
                {
                    throw new IOException(
                        $"only {ByteCount.Megabytes(free)} are free and a {content} needs {ByteCount.Megabytes(NeededBytes)}"
                    );
                }

                // Quotas and network disks do not always tell: only writing does. Random bytes, which no file system can make smaller.
                using var probe = new FileSet();
                probe.Add(Path.Combine(path, "probe"), RandomNumberGenerator.GetBytes(NeededBytes));
                return path;
            }
        );
    }

    /// <summary>Finds out before hours of training whether a figure can be saved in a file (<see cref="Save"/>).</summary>
    /// <param name="file">The file; <see langword="null"/> if none is asked for, which is well.</param>
    /// <exception cref="GaitPropException">It cannot: what is wrong, where, and what to do.</exception>
    internal static void EnsureSavable(string? file)
    {
        if (file is null)
        {
            return;
        }

        CheckFile(file, Path.GetExtension(file).ToLowerInvariant() is ".html" or ".png" or ".svg" or ".pdf" or ".csv");
        EnsureWritable(FolderOf(file));
    }

    private static void CheckFile(string file, bool known)
    {
        if (!known || file.Contains('\0', StringComparison.Ordinal) || Path.GetFileNameWithoutExtension(file).Length == 0)
        {
            throw new GaitPropException(
                $"A figure cannot be saved as '{OneLine(file)}': name a file that ends in .html, .png, .svg, .pdf or .csv."
            );
        }

        if (Directory.Exists(file))
        {
            throw new GaitPropException($"No figure can be saved: '{OneLine(file)}' is a folder; name a file.");
        }
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(file) is { Length: > 0 } above ? above : ".";

    private static T Guarded<T>(string what, string folder, Func<string, T> action)
    {
        var path = folder;
        try
        {
            path = Path.GetFullPath(folder);
            return action(path);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException
                || (e is ArgumentException && path == folder)
            )
        {
            throw new GaitPropException($"{what} in '{OneLine(path)}': {OneLine(Reason(path, e))}. {Advice(path)}", e);
        }
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Reason(string path, Exception e)
    {
        if (FileOnTheWay(path) is { } file)
        {
            return $"'{file}' is a file, not a folder";
        }

        if (e is UnauthorizedAccessException)
        {
            return "it may not be written";
        }

        // The runtime adds the path, here that of a temporary file which is gone.
        var message = e.Message.ReplaceLineEndings(" ");
        var added = message.IndexOf(" : '", StringComparison.Ordinal);
        return (added < 0 ? message : message[..added]).TrimEnd('.', ' ');
    }

    private static string Advice(string path)
    {
        if (FileOnTheWay(path) is null && DiskSpace.FreeIn(path) is { } free && free < NeededBytes)
        {
            return $"Free {ByteCount.Megabytes(NeededBytes)} on that disk, or name another folder.";
        }

        return "Name a folder that you may write to.";
    }

    /// <summary>The file that stands where a folder is wanted, if one does.</summary>
    private static string? FileOnTheWay(string path)
    {
        for (var part = path; !string.IsNullOrEmpty(part); part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part))
            {
                return part;
            }
        }

        return null;
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0 || name.Trim(' ', '.') != name || name.AsSpan().ContainsAny(Forbidden) || name.Any(char.IsControl))
        {
            throw new GaitPropException($"A figure cannot be saved under the name '{name}': use letters, digits, '-' and '_'.");
        }
    }
}
