using GaitProp.Notebook.Languages;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;

namespace GaitProp.Notebook.Engine;

/// <summary>
/// A language as editors ask it: what they ask goes to the language itself, past the cell that runs there. It runs nothing and keeps
/// nothing.
/// </summary>
internal sealed class LanguageMirror
    : Kernel,
        IKernelCommandHandler<SubmitCode>,
        IKernelCommandHandler<RequestCompletions>,
        IKernelCommandHandler<RequestHoverText>,
        IValueKernel
{
    private readonly Kernel _language;
    private readonly KernelSpecifierDirective _directive;

    /// <summary>A mirror.</summary>
    /// <param name="language">The language.</param>
    public LanguageMirror(Kernel language)
        : base(language.Name)
    {
        _language = language;
        (KernelInfo.LanguageName, KernelInfo.Description) = (language.KernelInfo.LanguageName, language.KernelInfo.Description);
        _directive = new KernelSpecifierDirective($"#!{language.Name}", language.Name);
        foreach (
            var parameter in language
                .RootKernel.KernelInfo.SupportedDirectives.OfType<KernelSpecifierDirective>()
                .FirstOrDefault(d => d.Name == _directive.Name)
                ?.Parameters
                ?? []
        )
        {
            _directive.Parameters.Add(parameter);
        }

        this.UseValueSharing().UseVariableLists();
    }

    /// <inheritdoc/>
    public override KernelSpecifierDirective KernelSpecifierDirective => _directive;

    /// <inheritdoc/>
    public Task HandleAsync(SubmitCode command, KernelInvocationContext context) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task HandleAsync(RequestCompletions command, KernelInvocationContext context) => Ask(command, context);

    /// <inheritdoc/>
    public Task HandleAsync(RequestHoverText command, KernelInvocationContext context) => Ask(command, context);

    /// <inheritdoc/>
    public Task HandleAsync(RequestValueInfos command, KernelInvocationContext context) => Ask(command, context);

    /// <inheritdoc/>
    public Task HandleAsync(RequestValue command, KernelInvocationContext context) => Ask(command, context);

    /// <inheritdoc/>
    public Task HandleAsync(SendValue command, KernelInvocationContext context) => Task.CompletedTask;

    private Task Ask<T>(T command, KernelInvocationContext context)
        where T : KernelCommand => _language is IKernelCommandHandler<T> knows ? knows.HandleAsync(command, context) : Task.CompletedTask;
}
