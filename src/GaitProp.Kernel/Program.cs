using GaitProp.Kernel.Commands;

return await CommandLine.RunAsync(args, CommandContext.Terminal());
