#!/usr/bin/env dotnet
#:project ../src/GaitProp.Kernel/GaitProp.Kernel.csproj
#:property PublishAot=false

// Fetches CIFAR-10: the command 'gaitprop data fetch cifar10' as a script.

using GaitProp.Kernel.Commands;

return await CommandLine.RunAsync(["data", "fetch", "cifar10", .. args], CommandContext.Terminal());
