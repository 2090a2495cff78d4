#!/usr/bin/env dotnet
#:project ../src/GaitProp.Kernel/GaitProp.Kernel.csproj
#:property PublishAot=false

// Fetches Kuzushiji-MNIST: the command 'gaitprop data fetch kmnist' as a script.

using GaitProp.Kernel.Commands;

return await CommandLine.RunAsync(["data", "fetch", "kmnist", .. args], CommandContext.Terminal());
