// A stand-in for .NET Interactive, with the names and shapes that extension.dib uses, so that the script is compiled and run where the host cannot be restored.
// What its shapes are taken from, and what they leave out, is said in docs/interactive.md.
#pragma warning disable CA1052, CA1711, CA1716, CA1724, CA1822, IDE0130
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive
{
    public delegate Task KernelCommandInvocation(KernelCommand command, KernelInvocationContext context);

    public abstract class Kernel
    {
        public KernelInfo KernelInfo { get; } = new();

        public Kernel RootKernel { get; set; } = null!;

        public Dictionary<string, KernelCommandInvocation> Handlers { get; } = [];

        public void AddDirective(KernelActionDirective directive, KernelCommandInvocation handler)
        {
            KernelInfo.Add(directive);
            Handlers.Add(directive.Parent is { } parent ? $"{parent.Name} {directive.Name}" : directive.Name, handler);
        }
    }

    public sealed class CompositeKernel : Kernel
    {
        public CompositeKernel() => RootKernel = this;

        public List<Kernel> ChildKernels { get; } = [new CSharpKernel()];
    }

    public sealed class KernelInfo
    {
        private readonly List<KernelDirective> _directives = [];

        public IReadOnlyCollection<KernelDirective> SupportedDirectives => _directives;

        internal void Add(KernelDirective directive)
        {
            if (_directives.Any(d => d.Name == directive.Name))
            {
                throw new ArgumentException($"{directive.Name} is registered twice");
            }

            _directives.Add(directive);
        }
    }

    public sealed class KernelInvocationContext(KernelCommand command, Kernel kernel, CancellationToken cancellation)
    {
        public static KernelInvocationContext? Current { get; set; }

        public KernelCommand Command { get; } = command;

        public Kernel HandlingKernel { get; } = kernel;

        public CancellationToken CancellationToken { get; } = cancellation;

        public List<DisplayEvent> Events { get; } = [];

        public string? Failure { get; private set; }

        public int CountOf<T>()
        {
            lock (Events)
            {
                return Events.OfType<T>().Count();
            }
        }

        public void Publish(DisplayEvent shown)
        {
            lock (Events)
            {
                Events.Add(shown);
            }
        }

        public void Fail(KernelCommand command, Exception? exception = null, string? message = null) => Failure = message ?? exception?.ToString();
    }
}

namespace Microsoft.DotNet.Interactive.Commands
{
    public sealed class KernelCommand(string text)
    {
        public override string ToString() => $"Directive: {text}";
    }
}

namespace Microsoft.DotNet.Interactive.CSharp
{
    public sealed class CSharpKernel : Kernel
    {
        public ScriptState? ScriptState { get; private set; }

        public Dictionary<string, (object Value, Type Type)> Variables { get; } = [];

        public Task SetValueAsync(string name, object value, Type declaredType)
        {
            Variables[name] = (value, declaredType);
            return Task.CompletedTask;
        }

        public async Task RunAsync(string code) => ScriptState = await CodeAnalysis.CSharp.Scripting.CSharpScript.RunAsync(code);
    }
}

namespace Microsoft.DotNet.Interactive.Directives
{
    public abstract class KernelDirective(string name)
    {
        public string Name { get; } = name;

        public string? Description { get; set; }

        public bool Hidden { get; set; }

        public ICollection<KernelDirectiveParameter> Parameters { get; } = [];
    }

    public sealed class KernelActionDirective(string name) : KernelDirective(name)
    {
        public KernelActionDirective? Parent { get; private set; }

        public SubcommandList Subcommands => field ??= new SubcommandList(this);

        public sealed class SubcommandList(KernelActionDirective parent) : List<KernelActionDirective>
        {
            public new void Add(KernelActionDirective verb)
            {
                if (parent.Parent is not null || verb.Subcommands.Count > 0)
                {
                    throw new ArgumentException("Only one level of directive subcommands is allowed.");
                }

                verb.Parent = parent;
                base.Add(verb);
            }
        }
    }

    public sealed class KernelDirectiveParameter(string name, string? description = null)
    {
        private Func<IEnumerable<string>>? _completions;

        public string Name { get; } = name;

        public string Description { get; init; } = description ?? "";

        public bool AllowImplicitName { get; init; }

        public bool Flag { get; init; }

        public int MaxOccurrences { get; init; } = 1;

        public IEnumerable<string> Completions => _completions?.Invoke() ?? [];

        public KernelDirectiveParameter AddCompletions(Func<IEnumerable<string>> completions)
        {
            _completions = completions;
            return this;
        }
    }
}

namespace Microsoft.DotNet.Interactive.Formatting
{
    public sealed record FormattedValue(string MimeType, string Value);
}

namespace Microsoft.DotNet.Interactive.Events
{
    public abstract class DisplayEvent(IReadOnlyCollection<FormattedValue> formattedValues, string? id)
    {
        public IReadOnlyCollection<FormattedValue> FormattedValues { get; } = formattedValues;

        public string? ValueId { get; } = id;
    }

    public sealed class DisplayedValueProduced(object? value, KernelCommand command, IReadOnlyCollection<FormattedValue> formattedValues, string valueId) : DisplayEvent(formattedValues, valueId)
    {
        public (object?, KernelCommand) Of { get; } = (value, command);
    }

    public sealed class DisplayedValueUpdated(object? value, string valueId, KernelCommand command, IReadOnlyCollection<FormattedValue> formattedValues) : DisplayEvent(formattedValues, valueId)
    {
        public (object?, KernelCommand) Of { get; } = (value, command);
    }

    public sealed class StandardOutputValueProduced(KernelCommand command, IReadOnlyCollection<FormattedValue> formattedValues) : DisplayEvent(formattedValues, null)
    {
        public KernelCommand Of { get; } = command;
    }

    public sealed class StandardErrorValueProduced(KernelCommand command, IReadOnlyCollection<FormattedValue> formattedValues) : DisplayEvent(formattedValues, null)
    {
        public KernelCommand Of { get; } = command;
    }
}
