using System.Data;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Languages;

namespace GaitProp.Notebook.Jupyter;

/// <summary>Values between this process and Python: arrays as <c>.npy</c> files, everything else as JSON.</summary>
internal static partial class PythonValues
{
    /// <summary>What Python needs for it, out of the way of the cells: in a dictionary, whose name is in no list.</summary>
    public static string Helpers { get; } =
        $"_gaitprop = {{}}\nexec(__import__('base64').b64decode('{Convert.ToBase64String(Encoding.UTF8.GetBytes(Source))}').decode(), _gaitprop)";

    private const string Source = """
        def _plain(v):
            import math
            if isinstance(v, float) and not math.isfinite(v):
                return 'NaN' if v != v else 'Infinity' if v > 0 else '-Infinity'
            if isinstance(v, dict):
                return {str(k): _plain(x) for k, x in v.items()}
            if isinstance(v, (list, tuple, set, frozenset, range)):
                return [_plain(x) for x in v]
            if hasattr(v, 'tolist') and type(v).__module__.split('.')[0] == 'numpy':
                return _plain(v.tolist())
            return v

        def _pack(v):
            import base64, json
            return 'json ' + base64.b64encode(json.dumps(_plain(v)).encode()).decode()

        def get(v, path):
            import sys, json
            root = type(v).__module__.split('.')[0]
            if root == 'torch' and hasattr(v, 'detach'):
                v = v.detach().cpu()
                v = (v.float() if str(v.dtype) == 'torch.bfloat16' else v).numpy()
            elif root == 'pandas' and hasattr(v, 'to_json'):
                return _pack(json.loads(v.to_json(orient='records')))
            numpy = sys.modules.get('numpy')
            if numpy is not None and isinstance(v, (numpy.ndarray, numpy.generic)):
                a = numpy.asarray(v)
                numpy.save(path, numpy.asarray(a, dtype=a.dtype.newbyteorder('<'), order='C'), allow_pickle=False)
                return 'npy'
            return _pack(v)

        def load(path):
            import numpy
            return numpy.load(path, allow_pickle=False)

        def parse(text):
            import base64, json
            return json.loads(base64.b64decode(text))

        def names(names):
            import types
            try:
                hidden = names['get_ipython']().user_ns_hidden
            except Exception:
                hidden = {}
            no = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
            return _pack({k: type(v).__name__ for k, v in list(names.items()) if not k.startswith('_') and k not in hidden and not isinstance(v, no)})

        def shown(v):
            text = repr(v)
            return _pack(text if len(text) <= 1000 else text[:1000] + '…')
        """;

    /// <summary>The expression for a value.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="file">A file that it may be written to.</param>
    public static string Get(string name, string file) => $"_gaitprop['get']({Checked(name)}, {Text(file)})";

    /// <summary>The expression for a value's text.</summary>
    /// <param name="name">The variable.</param>
    public static string Shown(string name) => $"_gaitprop['shown']({Checked(name)})";

    /// <summary>The expression for the names of the variables with their types.</summary>
    public const string Names = "_gaitprop['names'](globals())";

    /// <summary>The statement that declares a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="file">A file that it may be written to.</param>
    /// <exception cref="CellException">Python has nothing for it.</exception>
    public static string Set(string name, object? value, string file)
    {
        Checked(name);
        switch (value)
        {
            case null:
                return $"{name} = None";
            case double number when !double.IsFinite(number):
                return $"{name} = float('{number.ToString(CultureInfo.InvariantCulture)}')";
            case float number when !float.IsFinite(number):
                return $"{name} = float('{number.ToString(CultureInfo.InvariantCulture)}')";
            case System.Numerics.Complex number:
                return string.Create(CultureInfo.InvariantCulture, $"{name} = complex({number.Real:R}, {number.Imaginary:R})");
            case Array array when NpyFile.Takes(array):
                NpyFile.Write(file, array);
                return $"{name} = _gaitprop['load']({Text(file)})";
            case DataTable:
                return $"{name} = _gaitprop['parse']('{Json(name, value)}')\ntry:\n    import pandas as _gaitprop_pandas\n    {name} = _gaitprop_pandas.DataFrame({name})\nexcept ImportError:\n    pass";
            default:
                return $"{name} = _gaitprop['parse']('{Json(name, value)}')";
        }
    }

    /// <summary>The value that an expression of <see cref="Get"/>, <see cref="Shown"/> or <see cref="Names"/> gave.</summary>
    /// <param name="text">Python's own writing of it.</param>
    /// <param name="file">The file.</param>
    public static object? Value(string text, string file) =>
        text.Trim('\'') switch
        {
            "npy" => NpyFile.Read(file),
            ['j', 's', 'o', 'n', ' ', .. var json] => Parsed(json),
            _ => throw new FormatException("it answered in another way than it was asked to"),
        };

    private static object? Parsed(string base64)
    {
        using var json = JsonDocument.Parse(Convert.FromBase64String(base64));
        return JsonValues.Of(json.RootElement);
    }

    private static string Json(string name, object value)
    {
        try
        {
            return Convert.ToBase64String(Encoding.UTF8.GetBytes(SharedForms.JsonOf(value)));
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or ArgumentException or InvalidOperationException)
        {
            throw new CellException(
                $"'{name}' cannot go to Python: a {value.GetType().Name} is neither an array nor JSON ({e.Message.ReplaceLineEndings(" ").Split(". ")[0].TrimEnd('.')}).",
                "ValueError"
            );
        }
    }

    private static string Checked(string name) =>
        Identifier().IsMatch(name) ? name : throw new CellException($"'{name}' is no name of a variable in Python.", "ValueError");

    private static string Text(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{N}_]*$")]
    private static partial Regex Identifier();
}
