#!/usr/bin/env dotnet
#:project ../src/GaitProp.Kernel/GaitProp.Kernel.csproj
#:property PublishAot=false

// Prepares ImageNet, Tiny-ImageNet or any set with one folder of photos a class: the command 'gaitprop data prepare imagenet' as a script.

using GaitProp.Kernel.Commands;

return await CommandLine.RunAsync(["data", "prepare", "imagenet", .. args], CommandContext.Terminal());
