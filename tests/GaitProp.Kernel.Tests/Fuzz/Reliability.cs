using System.Globalization;
using System.Text.Json;

namespace GaitProp.Kernel.Tests.Fuzz;

/// <summary>How long and from which seed attacks run, and where their outcomes are written down for <c>docs/reliability.md</c>.</summary>
internal static class Reliability
{
    /// <summary>Seconds for each reader.</summary>
    public static double Seconds { get; } = Number("GAITPROP_FUZZ_SECONDS", 0.7);

    /// <summary>The seed of the first case; the next ones have those that follow.</summary>
    public static int Seed { get; } = (int)Number("GAITPROP_FUZZ_SEED", 1);

    /// <summary>Kills of each kind; none, unless they are asked for.</summary>
    public static int Kills { get; } = (int)Number("GAITPROP_ATTACK_KILLS", 0);

    /// <summary>Writes down an outcome, if it is wanted.</summary>
    /// <param name="row">The outcome.</param>
    public static void Record(AttackOutcome row)
    {
        if (Environment.GetEnvironmentVariable("GAITPROP_RELIABILITY") is { Length: > 0 } file)
        {
            File.AppendAllText(file, JsonSerializer.Serialize(row, JsonSerializerOptions.Web) + "\n");
        }
    }

    private static double Number(string variable, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}

/// <summary>What came of an attack.</summary>
/// <param name="Attack">What was attacked, and how.</param>
/// <param name="Cases">How often.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Refused">Cases of damaged input that were refused in one line; the others were read, since damage can make another possible
/// file.</param>
/// <param name="Slowest">Seconds that the slowest case of damaged input took.</param>
internal sealed record AttackOutcome(string Attack, int Cases, string Outcome, int? Refused = null, double? Slowest = null);
