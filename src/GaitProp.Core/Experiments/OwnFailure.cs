using System.Diagnostics;
using System.Reflection;
using GaitProp.Runtime;

namespace GaitProp.Experiments;

/// <summary>
/// What went wrong in a rule or a layer of the user's own: one line with the place in their code, which stops no other run of a
/// comparison. What goes wrong in the kit's own code is not that.
/// </summary>
internal static class OwnFailure
{
    /// <summary>The error to throw in the place of another; <see langword="null"/> if that was not thrown in code of the user's.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="types">The classes that are not the kit's, such as <see cref="OwnParts.Types"/>.</param>
    public static GaitPropException? Of(Exception exception, IReadOnlyCollection<Type> types)
    {
        if (types.Count == 0 || exception is GaitPropException or OperationCanceledException || DeviceFailure.Of(exception) is not null)
        {
            return null;
        }

        var authors = types.Select(t => t.Assembly).ToHashSet();
        var at = new StackTrace(exception, fNeedFileInfo: true)
            .GetFrames()
            .FirstOrDefault(f => f.GetMethod()?.DeclaringType?.Assembly is { } assembly && OwnParts.IsAuthors(assembly, authors));
        if (at?.GetMethod() is not { } method)
        {
            return null;
        }

        var sentence = NativeError.Sentence(exception).ReplaceLineEndings(" ").Trim().TrimEnd('.');
        var place = at.GetFileLineNumber() > 0 ? Text($" ({Path.GetFileName(at.GetFileName())}, line {at.GetFileLineNumber()})") : "";
        return new($"{NameOf(method)} failed: {exception.GetType().Name}: {sentence}{place}.", exception);
    }

    /// <summary>Does what runs code of anybody's; what goes wrong in the user's own is one line with its place.</summary>
    /// <param name="types">The classes that are not the kit's; asked where something goes wrong.</param>
    /// <param name="action">What is done.</param>
    /// <exception cref="GaitPropException">Code of the user's own failed.</exception>
    public static T Guarded<T>(Func<IReadOnlyCollection<Type>> types, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (Of(e, types()) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc cref="Guarded{T}"/>
    public static void Guarded(Func<IReadOnlyCollection<Type>> types, Action action) =>
        Guarded(
            types,
            () =>
            {
                action();
                return true;
            }
        );

    /// <summary><c>Mine.Below</c>, of a lambda in it too.</summary>
    private static string NameOf(MethodBase method)
    {
        var (type, name) = (method.DeclaringType!, Written(method.Name));
        while (type.Name.StartsWith('<') && type.DeclaringType is { } outer)
        {
            // Of an iterator or an asynchronous method the compiler makes a class of that name.
            name = name == "MoveNext" ? Written(type.Name) : name;
            type = outer;
        }

        return CodeIdentity.IsCell(type) ? name : $"{type.Name}.{name}";
    }

    /// <summary>What its author called it: <c>Below</c> of <c>&lt;Below&gt;b__0</c>.</summary>
    private static string Written(string name) =>
        name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end
            ? name[1..end].Trim('<', '>')
            : name.TrimStart('.');
}
