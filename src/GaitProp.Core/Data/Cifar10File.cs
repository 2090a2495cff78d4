namespace GaitProp.Data;

/// <summary>One of the six files of CIFAR-10.</summary>
/// <param name="Name">The file name, such as <c>data_batch_1.bin</c>.</param>
/// <param name="Md5">The md5 sum of the official file, 32 lower-case hexadecimal digits.</param>
public sealed record Cifar10File(string Name, string Md5);
