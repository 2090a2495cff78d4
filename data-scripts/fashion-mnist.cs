#!/usr/bin/env dotnet
#:project ../src/GaitProp.Kernel/GaitProp.Kernel.csproj
#:property PublishAot=false

// Fetches Fashion-MNIST: the command 'gaitprop data fetch fashion-mnist' as a script.

using GaitProp.Kernel.Commands;

return await CommandLine.RunAsync(["data", "fetch", "fashion-mnist", .. args], CommandContext.Terminal());
