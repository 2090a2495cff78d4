using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace GaitProp.Kernel.Tests.Interactive;

/// <summary>A language that has variables and nothing else.</summary>
/// <param name="name">Its name.</param>
/// <param name="tellsText">Whether it gives people a text without the value, as Python and SQL do.</param>
internal sealed class ValueKernel(string name, bool tellsText = false)
    : Microsoft.DotNet.Interactive.Kernel(name),
        IKernelCommandHandler<RequestValue>,
        IKernelCommandHandler<RequestValueInfos>,
        IKernelCommandHandler<SendValue>,
        IKernelCommandHandler<SubmitCode>
{
    private readonly Dictionary<string, object> _values = [];

    public Task HandleAsync(RequestValue command, KernelInvocationContext context)
    {
        var value = tellsText && command.MimeType.StartsWith("text/", StringComparison.Ordinal) ? null : _values[command.Name];
        context.Publish(new ValueProduced(value, command.Name, new FormattedValue(command.MimeType, ""), command));
        return Task.CompletedTask;
    }

    public Task HandleAsync(RequestValueInfos command, KernelInvocationContext context)
    {
        context.Publish(
            new ValueInfosProduced(
                [.. _values.Select(v => new KernelValueInfo(v.Key, new FormattedValue("text/plain", ""), v.Value.GetType()))],
                command
            )
        );
        return Task.CompletedTask;
    }

    public Task HandleAsync(SendValue command, KernelInvocationContext context)
    {
        _values[command.Name] = command.Value;
        return Task.CompletedTask;
    }

    public Task HandleAsync(SubmitCode command, KernelInvocationContext context) => Task.CompletedTask;
}
