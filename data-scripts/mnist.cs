#!/usr/bin/env dotnet
#:project ../src/GaitProp.Kernel/GaitProp.Kernel.csproj
#:property PublishAot=false

// Fetches MNIST: the command 'gaitprop data fetch mnist' as a script.

using GaitProp.Kernel.Commands;

return await CommandLine.RunAsync(["data", "fetch", "mnist", .. args], CommandContext.Terminal());
