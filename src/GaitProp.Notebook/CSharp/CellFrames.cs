using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace GaitProp.Notebook.CSharp;

/// <summary>A line of a stack trace as the user knows his code.</summary>
/// <param name="Text">What ran and where: <c>Square in Cell [3], line 2</c>.</param>
/// <param name="IsOfCell">It is the user's own code.</param>
internal sealed record CellFrame(string Text, bool IsOfCell);

/// <summary>Stack traces without the machinery that runs cells.</summary>
internal static partial class CellFrames
{
    /// <summary>The frames of an exception, innermost first: up to the cell's own code, and none of what called that.</summary>
    /// <param name="exception">What was thrown.</param>
    public static IReadOnlyList<CellFrame> Of(Exception exception)
    {
        var frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames().Select(Frame).OfType<CellFrame>().ToList();
        var last = frames.FindLastIndex(f => f.IsOfCell);
        return last < 0 ? frames : frames[..(last + 1)];
    }

    private static CellFrame? Frame(StackFrame frame)
    {
        if (frame.GetMethod() is not { DeclaringType: { } type } method || IsMachinery(method, type))
        {
            return null;
        }

        var isOfCell = SubmissionName().IsMatch(Outermost(type).Name);
        if (isOfCell && frame.GetFileLineNumber() == 0)
        {
            return null;
        }

        var name = Name(method, type, isOfCell);
        var place =
            frame.GetFileName() is { } file && frame.GetFileLineNumber() > 0
                ? $"{Path.GetFileName(file)}, line {frame.GetFileLineNumber()}"
                : "";
        return new CellFrame(
            (name, place) switch
            {
                ("", _) => place,
                (_, "") => name,
                _ => $"{name} in {place}",
            },
            isOfCell
        );
    }

    private static bool IsMachinery(MethodBase method, Type type) =>
        method.IsDefined(typeof(StackTraceHiddenAttribute))
        || type.IsDefined(typeof(StackTraceHiddenAttribute))
        || type.Namespace is "System.Runtime.CompilerServices" or "System.Runtime.ExceptionServices"
        || type == typeof(CellStop)
        || type == typeof(ExecutionContext);

    private static string Name(MethodBase method, Type type, bool isOfCell)
    {
        var name = method.Name;
        var owner = type;

        // Async methods and iterators run in a class of their own, named after them; lambdas have one too.
        while (owner.DeclaringType is { } outer && owner.Name.StartsWith('<'))
        {
            name =
                Generated().Match(owner.Name) is { Success: true } match && (match.Groups[1].Length > 0) && name == "MoveNext"
                    ? owner.Name
                    : name;
            owner = outer;
        }

        var isLambda = name.Contains(">b__", StringComparison.Ordinal);
        if (LocalFunction().Match(name) is { Success: true } local)
        {
            name = local.Groups[1].Value;
        }
        else if (Generated().Match(name) is { Success: true } match)
        {
            name = match.Groups[1].Value.Trim('<', '>');
        }

        var isTop = isOfCell && owner.DeclaringType is null;
        if (isTop && name is "Initialize" or "Factory" or "main@" or "")
        {
            name = "";
        }

        var label = isLambda
            ? name.Length == 0
                ? "lambda"
                : $"lambda in {name}"
            : name;
        return isTop ? label : $"{TypeNames.Short(owner)}.{(label is ".ctor" ? "new" : label)}";
    }

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    [GeneratedRegex(@"^(Submission#\d+|\$?FSI_\d+)$")]
    private static partial Regex SubmissionName();

    [GeneratedRegex(@"^<(<?\w*>?)>")]
    private static partial Regex Generated();

    [GeneratedRegex(@">g__(\w+)\|")]
    private static partial Regex LocalFunction();
}
