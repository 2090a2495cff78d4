using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GaitProp.Notebook.Protocol;

/// <summary>Signs messages, so that only those who can read the connection file can run code here.</summary>
/// <param name="key">The key that both sides know; empty if messages are not signed.</param>
internal sealed class MessageSignature(byte[] key)
{
    /// <summary>The only way of signing that front ends use.</summary>
    public const string Scheme = "hmac-sha256";

    private readonly HashSet<UInt128> _seen = [];

    /// <summary>
    /// Whether a signature that is the message's comes for the first time: a message that somebody has recorded must not run again. Without
    /// a key there is nothing to tell by.
    /// </summary>
    /// <param name="signature">What came with the message.</param>
    public bool IsNew(ReadOnlySpan<byte> signature) =>
        key.Length == 0 || _seen.Add(BinaryPrimitives.ReadUInt128LittleEndian(Convert.FromHexString(Encoding.ASCII.GetString(signature))));

    /// <summary>The signature: 64 hexadecimal digits, or nothing without a key.</summary>
    /// <param name="header">The header's bytes.</param>
    /// <param name="parent">The parent header's.</param>
    /// <param name="metadata">The metadata's.</param>
    /// <param name="content">The content's.</param>
    public byte[] Sign(ReadOnlySpan<byte> header, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> content)
    {
        if (key.Length == 0)
        {
            return [];
        }

        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(header);
        hash.AppendData(parent);
        hash.AppendData(metadata);
        hash.AppendData(content);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Whether a signature is the message's. Without a key every one is.</summary>
    /// <param name="signature">What came with the message.</param>
    /// <param name="header">The header's bytes.</param>
    /// <param name="parent">The parent header's.</param>
    /// <param name="metadata">The metadata's.</param>
    /// <param name="content">The content's.</param>
    public bool IsOf(
        ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> header,
        ReadOnlySpan<byte> parent,
        ReadOnlySpan<byte> metadata,
        ReadOnlySpan<byte> content
    ) => key.Length == 0 || CryptographicOperations.FixedTimeEquals(signature, Sign(header, parent, metadata, content));
}
