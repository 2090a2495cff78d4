using GaitProp.Runtime;
using TorchSharp;

LibTorch.Load();
Console.WriteLine(LibTorch.BridgeFile);
Console.WriteLine(torch.randn(3, 3).ToString(TensorStringStyle.Julia));
