namespace GaitProp.Data;

/// <summary>One file of a data set as its authors publish it.</summary>
/// <param name="Name">The file name, such as <c>data_batch_1.bin</c>.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Md5">Its md5 sum, 32 lower-case hexadecimal digits; <see langword="null"/> where none is published.</param>
internal sealed record DataFile(string Name, long Length, string? Md5);
