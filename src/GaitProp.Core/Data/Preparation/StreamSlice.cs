namespace GaitProp.Data.Preparation;

/// <summary>A stretch of a stream as a stream of its own, to be read from any place.</summary>
/// <param name="whole">The stream; left open.</param>
/// <param name="start">Where the stretch begins.</param>
/// <param name="length">How long it is.</param>
internal sealed class StreamSlice(Stream whole, long start, long length) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        whole.Position = start + Position;
        var read = whole.Read(buffer, offset, (int)Math.Clamp(length - Position, 0, count));
        Position += read;
        return read;
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) =>
        Position =
            offset
            + (
                origin == SeekOrigin.Begin ? 0
                : origin == SeekOrigin.Current ? Position
                : length
            );

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
