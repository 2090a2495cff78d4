#!/usr/bin/env dotnet
#:project ../src/GaitProp.Kernel/GaitProp.Kernel.csproj
#:property PublishAot=false

// Fetches CIFAR-100: the command 'gaitprop data fetch cifar100' as a script.

using GaitProp.Kernel.Commands;

return await CommandLine.RunAsync(["data", "fetch", "cifar100", .. args], CommandContext.Terminal());
