using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;

namespace GaitProp.Notebook.Languages;

/// <summary>A language whose variables can be listed, given to other languages and set by them.</summary>
internal interface IValueKernel
    : IKernelCommandHandler<RequestValueInfos>,
        IKernelCommandHandler<RequestValue>,
        IKernelCommandHandler<SendValue>;
