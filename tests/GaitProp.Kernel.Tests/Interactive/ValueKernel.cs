using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace GaitProp.Kernel.Tests.Interactive;

/// <summary>A language that has variables and nothing else.</summary>
internal sealed class ValueKernel(string name)
    : Microsoft.DotNet.Interactive.Kernel(name),
        IKernelCommandHandler<RequestValue>,
        IKernelCommandHandler<RequestValueInfos>,
        IKernelCommandHandler<SendValue>,
        IKernelCommandHandler<SubmitCode>
{
    private readonly Dictionary<string, object> _values = [];

    public Task HandleAsync(RequestValue command, KernelInvocationContext context)
    {
        context.Publish(new ValueProduced(_values[command.Name], command.Name, new FormattedValue(command.MimeType, ""), command));
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
