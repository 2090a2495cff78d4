namespace GaitProp.Data;

/// <summary>How far the installation of a data set has come.</summary>
/// <param name="Step">What it is doing.</param>
/// <param name="BytesDone">Bytes of this step that are done, those of an earlier run included.</param>
/// <param name="BytesTotal">Bytes of this step.</param>
/// <param name="BytesPerSecond">The recent speed of a download; 0 where it is not known.</param>
/// <param name="Note">Why it waits, in words; otherwise null.</param>
internal readonly record struct InstallProgress(
    InstallStep Step,
    long BytesDone,
    long BytesTotal,
    double BytesPerSecond = 0,
    string? Note = null
)
{
    /// <summary>The part of the step that is done, 0-1.</summary>
    public double Fraction => BytesTotal > 0 ? Math.Clamp((double)BytesDone / BytesTotal, 0, 1) : 0;

    /// <summary>One line of text, such as <c>downloading: 34 MB of 170 MB, 2.1 MB/s, 65 s left</c>.</summary>
    public override string ToString()
    {
        if (Note is not null)
        {
            return Note;
        }

        var step = Step switch
        {
            InstallStep.Looking => "checking the set that is there",
            InstallStep.Downloading => "downloading",
            InstallStep.Waiting => "waiting",
            InstallStep.Verifying => "checking the archive",
            _ => "unpacking",
        };
        var line = $"{step}: {ByteCount.Megabytes(BytesDone)} of {ByteCount.Megabytes(BytesTotal)}";
        if (!(BytesPerSecond > 0))
        {
            return line;
        }

        var left = Math.Ceiling((BytesTotal - BytesDone) / BytesPerSecond);
        return left > 86_400
            ? $"{line}, {ByteCount.Megabytes(BytesPerSecond)}/s"
            : Text($"{line}, {ByteCount.Megabytes(BytesPerSecond)}/s, {left:0} s left");
    }
}
