using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The typeface of the static figures. A bare server has no fonts at all, so it travels inside this assembly: as the file of the package
/// <c>Avalonia.Fonts.Inter</c>, whose resources are read without loading it as code.
/// </summary>
internal static class InterFont
{
    private const string Container = "Avalonia.Fonts.Inter.dll";
    private const string ContainerResource = "!AvaloniaResources";

    private static readonly Lazy<SKTypeface> LoadedRegular = new(() => Load("/Assets/Inter-Regular.ttf"));
    private static readonly Lazy<SKTypeface> LoadedSemiBold = new(() => Load("/Assets/Inter-SemiBold.ttf"));

    /// <summary>For labels and captions.</summary>
    public static SKTypeface Regular => LoadedRegular.Value;

    /// <summary>For titles.</summary>
    public static SKTypeface SemiBold => LoadedSemiBold.Value;

    private static SKTypeface Load(string path)
    {
        using var data = SKData.CreateCopy(Read(path));
        return SKTypeface.FromData(data) ?? throw new InvalidDataException($"{path} of {Container} is not a font that Skia reads.");
    }

    private static byte[] Read(string path)
    {
        using var container =
            typeof(InterFont).Assembly.GetManifestResourceStream(Container)
            ?? throw new InvalidDataException($"{Container} is not embedded in this assembly.");
        using var image = new PEReader(container, PEStreamOptions.PrefetchEntireImage);
        var resources = ResourcesOf(image);

        // The resource is an index and the files behind it: int32 size of the index, int32 version, int32 count, then for each file its
        // path (as BinaryWriter writes a string), int32 offset from the end of the index, int32 size.
        var indexSize = resources.ReadInt32();
        var filesStart = resources.Offset + indexSize;
        resources.ReadInt32();
        var count = resources.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            var name = Encoding.UTF8.GetString(resources.ReadBytes(Read7BitEncodedInt(ref resources)));
            var offset = resources.ReadInt32();
            var size = resources.ReadInt32();
            if (name == path)
            {
                resources.Offset = filesStart + offset;
                return resources.ReadBytes(size);
            }
        }

        throw new InvalidDataException($"{path} is not in {Container}.");
    }

    private static BlobReader ResourcesOf(PEReader image)
    {
        var metadata = image.GetMetadataReader();
        var directory = image.PEHeaders.CorHeader?.ResourcesDirectory ?? throw new InvalidDataException($"{Container} is not an assembly.");
        foreach (var handle in metadata.ManifestResources)
        {
            var resource = metadata.GetManifestResource(handle);
            if (!metadata.StringComparer.Equals(resource.Name, ContainerResource))
            {
                continue;
            }

            var section = image.GetSectionData(directory.RelativeVirtualAddress).GetReader();
            section.Offset = checked((int)resource.Offset);
            var length = section.ReadInt32();
            return image.GetSectionData(directory.RelativeVirtualAddress).GetReader(section.Offset, length);
        }

        throw new InvalidDataException($"{Container} has no resource {ContainerResource}.");
    }

    private static int Read7BitEncodedInt(ref BlobReader reader)
    {
        var value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = reader.ReadByte();
            value |= (part & 0x7f) << shift;
            if ((part & 0x80) == 0)
            {
                return value;
            }
        }

        throw new InvalidDataException($"A length in the index of {Container} is malformed.");
    }
}
