using System.Diagnostics;
using System.Globalization;

namespace GaitProp.Notebook.Notebooks.Pages;

/// <summary>A browser of the Chromium family that is installed here; it prints pages to PDF.</summary>
/// <param name="program">Its program.</param>
internal sealed class InstalledChromium(string program)
{
    /// <summary>The environment variable that names the program.</summary>
    public const string Variable = "GAITPROP_CHROMIUM";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private static readonly string[] Names =
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
        "microsoft-edge",
        "microsoft-edge-stable",
        "msedge",
        "brave-browser",
        "chrome-headless-shell",
    ];

    /// <summary>Its program.</summary>
    public string Program { get; } = program;

    /// <summary>The one that <see cref="Variable"/> names, else the first one on the path and in the usual places.</summary>
    /// <exception cref="NotebookException">There is none: what to install, or to set.</exception>
    public static InstalledChromium Find() => Find(Environment.GetEnvironmentVariable, File.Exists);

    /// <summary>The same on a system that is described.</summary>
    /// <param name="variable">The value of an environment variable.</param>
    /// <param name="exists">Whether there is a file.</param>
    internal static InstalledChromium Find(Func<string, string?> variable, Func<string, bool> exists)
    {
        if (variable(Variable) is { Length: > 0 } named)
        {
            return exists(named)
                ? new(named)
                : throw new NotebookException(
                    $"{Variable} names '{named}', and there is no such program: set it to that of a Chromium, Chrome or Edge."
                );
        }

        var ending = OperatingSystem.IsWindows() ? ".exe" : "";
        var onPath = (variable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name + ending)));
        return onPath.Concat(UsualPlaces(variable)).FirstOrDefault(exists) is { } found
            ? new(found)
            : throw new NotebookException(
                $"A PDF is printed by Chromium, Chrome or Edge, and none is installed here: install one (Debian: apt-get install chromium), or set {Variable} to its program; --to html needs none."
            );
    }

    /// <summary>Prints a page, and everything in it, to PDF.</summary>
    /// <param name="page">The page's HTML; it needs no other file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The PDF.</returns>
    /// <exception cref="NotebookException">The browser did not print it: its last words.</exception>
    public byte[] Print(string page, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-print-").FullName;
        try
        {
            var (html, pdf) = (Path.Combine(folder, "page.html"), Path.Combine(folder, "page.pdf"));
            File.WriteAllText(html, page);
            var (code, said) = Run(
                [
                    "--headless",
                    "--disable-gpu",
                    "--disable-extensions",
                    "--no-first-run",
                    "--no-default-browser-check",
                    "--no-pdf-header-footer",
                    // Whoever is root has no sandbox in a browser.
                    .. Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? (string[])["--no-sandbox"] : [],
                    $"--user-data-dir={Path.Combine(folder, "profile")}",
                    $"--print-to-pdf={pdf}",
                    new Uri(html).AbsoluteUri,
                ],
                cancellation
            );
            cancellation.ThrowIfCancellationRequested();
            return File.Exists(pdf) && File.ReadAllBytes(pdf) is var bytes && bytes.AsSpan().StartsWith("%PDF"u8)
                ? bytes
                : throw new NotebookException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{Program}' printed no PDF ({(code is { } exit ? $"exit code {exit}" : "stopped after " + Longest.TotalMinutes + " minutes")}){(said.Length > 0 ? $": {said}" : ".")} Another browser can be named in {Variable}; --to html needs none."
                    )
                );
        }
        finally
        {
            Remove(folder);
        }
    }

    private (int? Code, string Said) Run(string[] words, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Program, words)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new NotebookException(
                $"'{Program}' does not start ({e.Message}): set {Variable} to the program of another Chromium, Chrome or Edge.",
                e
            );
        }

        using (process)
        {
            var (last, gate) = ("", new Lock());
            process.ErrorDataReceived += Keep;
            process.OutputDataReceived += Keep;
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            process.StandardInput.Close();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Longest);
            try
            {
                process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
                lock (gate)
                {
                    return (process.ExitCode, last);
                }
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                lock (gate)
                {
                    return (null, last);
                }
            }

            void Keep(object sender, DataReceivedEventArgs line)
            {
                lock (gate)
                {
                    last = string.IsNullOrWhiteSpace(line.Data) ? last : line.Data.Trim();
                }
            }
        }
    }

    /// <summary>A browser's last helper may still write while it ends.</summary>
    private static void Remove(string folder)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(50);
            }
        }
    }

    private static IEnumerable<string> UsualPlaces(Func<string, string?> variable)
    {
        if (OperatingSystem.IsMacOS())
        {
            return ((string[])["/Applications", Path.Combine(variable("HOME") ?? "", "Applications")]).SelectMany(folder =>
                ((string[])["Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"]).Select(name =>
                    Path.Combine(folder, $"{name}.app", "Contents", "MacOS", name)
                )
            );
        }

        if (OperatingSystem.IsWindows())
        {
            return ((string[])["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"])
                .Select(variable)
                .OfType<string>()
                .SelectMany(folder =>
                    (
                        (string[])
                            [
                                @"Google\Chrome\Application\chrome.exe",
                                @"Chromium\Application\chrome.exe",
                                @"Microsoft\Edge\Application\msedge.exe",
                            ]
                    ).Select(name => Path.Combine(folder, name))
                );
        }

        return
        [
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/usr/lib/chromium/chromium",
            "/opt/google/chrome/chrome",
            "/opt/microsoft/msedge/msedge",
            "/snap/bin/chromium",
        ];
    }
}
