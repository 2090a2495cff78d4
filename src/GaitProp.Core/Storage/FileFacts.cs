using System.Runtime.InteropServices;

namespace GaitProp.Storage;

/// <summary>
/// What the system knows of a file beyond .NET's own types: its kind, its owner, and the number that tells it from every other file of its
/// disk.
/// </summary>
/// <param name="Mode">Kind and permissions, as <c>st_mode</c> has them.</param>
/// <param name="Owner">The number of the user whose it is.</param>
/// <param name="Inode">Its number on its disk.</param>
internal readonly partial record struct FileFacts(int Mode, uint Owner, ulong Inode)
{
    private const int KindBits = 0xf000;
    private const int RegularKind = 0x8000;

    /// <summary>Write permission of the group and of everybody.</summary>
    private const int OthersWrite = 0x12;

    /// <summary>
    /// Whether it is a file with bytes in it: no pipe, socket or device, on which opening or reading may wait without end.
    /// </summary>
    public bool IsRegular => (Mode & KindBits) == RegularKind;

    /// <summary>Whether it is this user's, and no other user may write to it.</summary>
    public bool IsOwn => Owner == EffectiveUser() && (Mode & OthersWrite) == 0;

    /// <summary>
    /// Looks at a file, or at what a link leads to. <see langword="null"/> where there is none, and on systems that are not asked (all but
    /// Linux).
    /// </summary>
    /// <param name="path">The file or folder.</param>
    public static FileFacts? Of(string path)
    {
        const int fromHere = -100; // AT_FDCWD
        const uint asked = 0x1 | 0x2 | 0x8 | 0x100; // STATX_TYPE, STATX_MODE, STATX_UID, STATX_INO
        return OperatingSystem.IsLinux() && Statx(fromHere, path, 0, asked, out var found) == 0
            ? new FileFacts(found.Mode, found.Owner, found.Inode)
            : null;
    }

    /// <summary>A file, or the one that a link leads to: its length and times are those of the bytes that are read.</summary>
    /// <param name="path">The file or link.</param>
    public static FileInfo Behind(string path) => Behind(new FileInfo(path));

    /// <summary>The same, of one that was listed: what is known of it is not asked again.</summary>
    /// <param name="file">The file or link.</param>
    public static FileInfo Behind(FileInfo file) =>
        file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target : file;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out Facts facts);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    /// <summary>The fields of <c>struct statx</c> that are asked for; it is laid out alike on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Facts
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;
    }
}
