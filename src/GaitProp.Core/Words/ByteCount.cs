using System.Globalization;

namespace GaitProp;

/// <summary>Writes numbers of bytes the same way in every message, whatever the culture.</summary>
internal static class ByteCount
{
    /// <summary>All digits in groups: <c>30,730,000</c>.</summary>
    public static string Digits(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>All digits and the unit: <c>30,730,000 bytes</c>.</summary>
    public static string Exact(long count) => count == 1 ? "1 byte" : $"{Digits(count)} bytes";

    /// <summary>Megabytes of a million bytes, with a digit after the point below ten: <c>170 MB</c>, <c>2.5 MB</c>.</summary>
    public static string Megabytes(double count)
    {
        var megabytes = count / 1e6;
        return megabytes.ToString(megabytes < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " MB";
    }
}
