using GaitProp.Kernel.CellCommands;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Languages;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Interactive;

/// <summary>
/// The variables of a notebook in .NET Interactive: those of the language that the command stands in come first, then those of C#, then all
/// others.
/// </summary>
/// <param name="root">The kernel that has all others.</param>
/// <param name="language">The kernel of the cell; <see langword="null"/> for the default one.</param>
internal sealed class HostCellVariables(Microsoft.DotNet.Interactive.Kernel root, string? language) : ICellVariables
{
    /// <summary>The name of the kernel of C#.</summary>
    public const string CSharp = "csharp";

    /// <summary>The variables that a line sees.</summary>
    /// <param name="context">The cell.</param>
    /// <param name="line">The line.</param>
    public static HostCellVariables Of(KernelInvocationContext context, string line)
    {
        var root = context.HandlingKernel.RootKernel;
        var cell = context.Command as SubmitCode;
        var language = cell?.TargetKernelName;
        foreach (
            var earlier in (cell?.Code ?? "")
                .Split('\n')
                .Select(l => l.Trim())
                .TakeWhile(l => l != line.Trim())
                .Where(l => l.StartsWith("#!", StringComparison.Ordinal))
        )
        {
            language = root.FindKernelByName(earlier[2..].Split(' ')[0])?.Name ?? language;
        }

        return new HostCellVariables(root, language);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => [.. Kernels<RequestValueInfos>().SelectMany(SharedValues.Names).Distinct()];

    /// <inheritdoc/>
    public object? Value(string name)
    {
        var kernel = Kernels<RequestValueInfos>().First(k => SharedValues.Names(k).Contains(name));

        // Asked for text/plain, Python and SQL give the text and no value; asked again without a kind, they give the value.
        return Asked(new RequestValue(name, MimeBundle.PlainText, kernel.Name))
            ?? Asked(new RequestValue(name, targetKernelName: kernel.Name));

        object? Asked(RequestValue request) => Send(kernel, request).Events.OfType<ValueProduced>().FirstOrDefault()?.Value;
    }

    /// <inheritdoc/>
    public void Set(string name, object value)
    {
        var kernel =
            Kernels<SendValue>().FirstOrDefault()
            ?? throw new CellException($"No language of this notebook can keep '{name}': add a C# kernel.");
        var result = Send(kernel, new SendValue(name, value, new FormattedValue(MimeBundle.PlainText, value.GetType().Name), kernel.Name));
        if (result.Events.OfType<CommandFailed>().FirstOrDefault() is { } failed)
        {
            throw new CellException(
                $"'{name}' cannot be kept in {kernel.KernelInfo.LanguageName}: {failed.Message.ReplaceLineEndings(" ")}"
            );
        }
    }

    /// <summary>The kernels that know a command, in the order in which they are asked.</summary>
    private IEnumerable<Microsoft.DotNet.Interactive.Kernel> Kernels<TCommand>()
        where TCommand : KernelCommand =>
        new[] { language, CSharp }
            .OfType<string>()
            .Select(root.FindKernelByName)
            .OfType<Microsoft.DotNet.Interactive.Kernel>()
            .Concat(root is CompositeKernel all ? all.ChildKernels : [])
            .Distinct()
            .Where(k => k.SupportsCommandType(typeof(TCommand)));

    private static KernelCommandResult Send(Microsoft.DotNet.Interactive.Kernel kernel, KernelCommand command) =>
        kernel.SendAsync(command).GetAwaiter().GetResult();
}
