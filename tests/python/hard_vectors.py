"""Writes reference vectors (gaitprop-vectors/1) that are hard on rounding, computed in 120 digits with Python's standard library: labels that are nearly
certain, condition numbers up to 10000, receptive fields that overlap or leave pixels out, single pixels, batches of one, with gains and without.

    python3 tests/python/hard_vectors.py FILE [--seed N] [--cases WORD...]

The rules are computed as the paper prints them, target by target and pixel by pixel, where nothing cancels that matters. It shares no code with the kit.
src/GaitProp.Core/Verification/Vectors/hard.json is what `--seed 3 --cases confident condition` writes.
"""
import argparse
import json
import math
import random
from decimal import Decimal, getcontext

getcontext().prec = 120
D = Decimal
ETA, GAMMA = D("1e-7"), D("1e-3")


def dot(a, b):
    return sum((x * y for x, y in zip(a, b)), D(0))


def norm(values):
    return dot(values, values).sqrt()


def orthogonal(rng, rows, columns):
    """Orthonormal rows."""
    basis = []
    while len(basis) < rows:
        v = [rng.gauss(0, 1) for _ in range(columns)]
        for _ in range(2):
            for b in basis:
                c = sum(x * y for x, y in zip(v, b))
                v = [x - c * y for x, y in zip(v, b)]
        size = math.sqrt(sum(x * x for x in v))
        basis.append([x / size for x in v])
    return basis


def weight(rng, rows, columns, condition):
    """A random matrix whose singular values run from the condition number's fourth root down, to ten decimals."""
    u, v = orthogonal(rng, rows, rows), orthogonal(rng, rows, columns)
    s = [condition ** (0.25 - i / max(rows - 1, 1)) for i in range(rows)]
    return [[D(f"{sum(u[i][k] * s[k] * v[k][j] for k in range(rows)):.10f}") for j in range(columns)] for i in range(rows)]


def inverse(matrix):
    """Gauss-Jordan with row pivots."""
    n = len(matrix)
    m = [list(row) + [D(int(i == j)) for j in range(n)] for i, row in enumerate(matrix)]
    for c in range(n):
        pivot = max(range(c, n), key=lambda r: abs(m[r][c]))
        m[c], m[pivot] = m[pivot], m[c]
        scale = m[c][c]
        m[c] = [x / scale for x in m[c]]
        for r in range(n):
            factor = m[r][c]
            if r != c and factor:
                m[r] = [x - factor * y for x, y in zip(m[r], m[c])]
    return [row[n:] for row in m]


class Layer:
    """z = g (W x) + b at every position, a = f(z). `seen` lists for each position the inputs under the weights, None for padding."""

    def __init__(self, rng, spec, shape):
        self.spec, self.slope, self.square = spec, D(spec.get("slope", "0.1")), spec.get("square", True)
        if "kernel" in spec:
            channels, height, width = shape
            rows, top = self.places(height)
            columns, left = self.places(width)
            kernel, stride = spec["kernel"], spec["stride"]
            self.seen = [
                [
                    (c * height + y) * width + x if 0 <= y < height and 0 <= x < width else None
                    for c in range(channels)
                    for y in range(r * stride - top, r * stride - top + kernel)
                    for x in range(q * stride - left, q * stride - left + kernel)
                ]
                for r in range(rows)
                for q in range(columns)
            ]
            self.out = lambda keep: (keep, rows, columns)
        else:
            self.seen = [list(range(math.prod(shape)))]
            self.out = lambda keep: (keep,)
        self.fan_in, self.inputs = len(self.seen[0]), math.prod(shape)
        self.rows = self.fan_in if self.square else spec["keep"]
        self.keep = spec["keep"]
        self.shape = self.out(self.keep)
        self.weight = weight(rng, self.rows, self.fan_in, spec.get("condition", 2))
        self.bias = [D(f"{rng.gauss(0, 0.1):.8f}") for _ in range(self.rows)]
        gains = [D(f"{math.exp(rng.gauss(0, 0.5)) * rng.choice((1, 1, 1, -1)):.8f}") for _ in range(self.rows)]
        self.kind = spec.get("gain")
        self.gain = gains if self.kind == "row" else [gains[0]] * self.rows if self.kind == "scalar" else [D(1)] * self.rows
        self.below = None

    def places(self, size):
        stride, kernel = self.spec["stride"], self.spec["kernel"]
        count = -(-size // stride)
        return count, max(0, (count - 1) * stride + kernel - size) // 2

    def f(self, z):
        return z if z > 0 else self.slope * z

    def up(self, a):
        return a if a > 0 else a / self.slope

    def patch(self, position, x):
        return [D(0) if i is None else x[i] for i in self.seen[position]]

    def forward(self, x):
        """Weighted inputs and activations, [row][position]."""
        patches = [self.patch(p, x) for p in range(len(self.seen))]
        u = [[dot(w, patch) for patch in patches] for w in self.weight]
        return u, [[self.f(g * v + b) for v in row] for row, g, b in zip(u, self.gain, self.bias)]

    def lay(self, patches):
        """Patches, [position][weight], added up where they lie; and how often each input is met."""
        total, count = [D(0)] * self.inputs, [0] * self.inputs
        for seen, values in zip(self.seen, patches):
            for i, value in zip(seen, values):
                if i is not None:
                    total[i] += value
                    count[i] += 1
        return total, count

    def rebuild(self, n, x):
        """G(n) = W^-1 ((f^-1(n) - b) / g), less (count - 1) x."""
        if self.below is None:
            self.below = inverse(self.weight)
        right = [[(self.up(n[o][p]) - self.bias[o]) / self.gain[o] for o in range(self.rows)] for p in range(len(self.seen))]
        total, count = self.lay([[dot(row, r) for row in self.below] for r in right])
        return [t - (c - 1) * v for t, c, v in zip(total, count, x)]

    def back(self, delta):
        """W^T of dL/du."""
        columns = list(zip(*self.weight))
        return self.lay([[dot(c, [delta[o][p] for o in range(self.rows)]) for c in columns] for p in range(len(self.seen))])[0]

    def zero(self):
        return {"weight": [[D(0)] * self.fan_in for _ in range(self.rows)], "bias": [D(0)] * self.rows, "gain": [D(0)] * self.rows}

    def learn(self, gradient, error, a, u, x):
        """Adds what dL/da of one sample gives; returns dL/du."""
        result = []
        patches = [self.patch(p, x) for p in range(len(self.seen))]
        for o in range(self.rows):
            by_z = [e * (1 if v > 0 else self.slope) for e, v in zip(error[o], a[o])]
            result.append([d * self.gain[o] for d in by_z])
            if any(by_z):
                gradient["bias"][o] += sum(by_z)
                gradient["gain"][o] += dot(by_z, u[o])
                gradient["weight"][o] = [w + sum((d * p[j] for d, p in zip(result[-1], patches)), D(0)) for j, w in enumerate(gradient["weight"][o])]
        return result


def shaped(values, rows):
    positions = len(values) // rows
    return [values[r * positions : (r + 1) * positions] for r in range(rows)]


def flat(rows):
    return [v for row in rows for v in row]


def with_kept(a, kept):
    """Activations with the kept rows replaced: the auxiliary units' target is their activation."""
    return kept + a[len(kept) :]


def update(rule, layers, traces, errors, k):
    """dL/dtheta of every layer, summed over the samples, and the targets of each sample."""
    gradients, targets = [layer.zero() for layer in layers], [[None] * len(traces) for _ in layers]
    for s, (trace, error) in enumerate(zip(traces, errors)):
        if rule == "backprop":
            e = shaped(error, layers[-1].keep)
            for l in reversed(range(len(layers))):
                x, u, a = trace[l]
                delta = layers[l].learn(gradients[l], with_kept([[D(0)] * len(row) for row in a], e), a, u, x)
                if l > 0:
                    e = shaped(layers[l].back(delta), layers[l - 1].keep)
            continue
        t = with_kept(trace[-1][2], [[v - k * g for v, g in zip(*pair)] for pair in zip(trace[-1][2], shaped(error, layers[-1].keep))])
        m = D(1)
        for l in reversed(range(len(layers))):
            layer, (x, u, a) = layers[l], trace[l]
            targets[l][s] = t
            d = [[v - w for v, w in zip(*pair)] for pair in zip(t, a)]
            layer.learn(gradients[l], [[-m * v / k for v in row] for row in d], a, u, x)
            if l == 0:
                break
            n = t
            if rule != "target-propagation":
                distance = norm(flat(d))
                gamma = GAMMA if rule == "gait" else ETA * D(layer.rows * len(layer.seen)).sqrt() / distance if distance else D(1)
                n = []
                for o, (va, vt) in enumerate(zip(a, t)):
                    eps = [gamma * (layer.gain[o] * (1 if v > 0 else layer.slope)) ** 2 for v in va]
                    n.append([(1 - e) * v + e * w for e, v, w in zip(eps, va, vt)])
                m /= gamma
            t = with_kept(trace[l - 1][2], shaped(layer.rebuild(n, x), layers[l - 1].keep))
    return gradients, targets


def angle(a, b):
    """Degrees between two updates, from half-angles."""
    a, b = flat(a), flat(b)
    na, nb = norm(a), norm(b)
    if not na or not nb:
        return None
    minus, plus = norm([x / na - y / nb for x, y in zip(a, b)]), norm([x / na + y / nb for x, y in zip(a, b)])
    return math.degrees(2 * math.atan2(minus, plus))


def trace(layers, x):
    steps = []
    for layer in layers:
        u, a = layer.forward(x)
        steps.append((x, u, a))
        x = flat(a[: layer.keep])
    return steps


def cross_entropy(y, label):
    others = sum(((v - y[label]).exp() for i, v in enumerate(y) if i != label), D(0))
    p = [(v - y[label]).exp() / (1 + others) for v in y]
    p[label] = -others / (1 + others)
    return (1 + others).ln(), p


def case(seed, plan):
    rng = random.Random(f"{seed} {plan['name']}")
    layers, shape = [], plan["input"]
    for spec in plan["layers"]:
        layers.append(Layer(rng, spec, shape))
        shape = layers[-1].shape
    inputs = [[D(f"{rng.gauss(0, 1):.6f}") for _ in range(math.prod(plan["input"]))] for _ in range(plan["batch"])]
    k, keep = D(plan.get("targetStep", "0.5")), layers[-1].keep
    top = layers[-1]
    if "confident" in plan:
        # The label of all samples gets so large a bias that the surest is wrong with this probability.
        ys = [flat(trace(layers, x)[-1][2][:keep]) for x in inputs]
        wish = -D(plan["confident"]).ln()
        surest = max(-sum(((v - y[0]).exp() for v in y[1:]), D(0)).ln() for y in ys)
        top.bias[0] = D(f"{top.bias[0] + wish - surest:.8f}")
    traces = [trace(layers, x) for x in inputs]
    ys = [flat(t[-1][2][:keep]) for t in traces]
    if plan.get("loss") == "half-mean-square":
        wanted = [[D(f"{rng.gauss(0, 1):.6f}") for _ in y] for y in ys]
        errors = [[(v - t) / len(ys) for v, t in zip(*pair)] for pair in zip(ys, wanted)]
        loss = {"kind": "half-mean-square", "target": wanted, "value": sum((norm([v - t for v, t in zip(*pair)]) ** 2 for pair in zip(ys, wanted)), D(0)) / (2 * len(ys))}
    else:
        labels = [0 if "confident" in plan else rng.randrange(len(ys[0])) for _ in ys]
        parts = [cross_entropy(y, label) for y, label in zip(ys, labels)]
        errors = [p for _, p in parts]
        loss = {"kind": "cross-entropy-sum", "labels": labels, "value": sum(v for v, _ in parts)}
    loss["targetStep"] = k
    rules, backprop = [], None
    for rule in ("backprop", "gait", "normalised-gait", "target-propagation"):
        gradients, targets = update(rule, layers, traces, errors, k)
        backprop = backprop or gradients
        entry = {"rule": rule, **({"gamma": GAMMA} if rule == "gait" else {"eta": ETA} if rule == "normalised-gait" else {}), "form": "exact", "gradients": []}
        for layer, gradient in zip(layers, gradients):
            gain = {"row": gradient["gain"], "scalar": sum(gradient["gain"])}.get(layer.kind)
            entry["gradients"].append({"weight": gradient["weight"], "bias": gradient["bias"], **({} if gain is None else {"gain": gain})})
        if rule != "backprop":
            entry["anglesToBackprop"] = [angle(g["weight"], b["weight"]) for g, b in zip(gradients, backprop)]
        if rule in ("gait", "normalised-gait"):
            entry["targets"] = [[outputs(layer, t) for t in target] for layer, target in zip(layers, targets)]
        rules.append(entry)
    return {
        "name": plan["name"],
        "origin": f"tests/python/hard_vectors.py --seed {seed}, decimal arithmetic of {getcontext().prec} digits",
        "input": [images(x, plan["input"]) for x in inputs],
        "layers": [describe(layer) for layer in layers],
        "loss": loss,
        "activations": [[outputs(layer, t[l][2]) for t in traces] for l, layer in enumerate(layers)],
        "rules": rules,
    }


def images(values, shape):
    return values if len(shape) == 1 else [images(values[i * math.prod(shape[1:]) : (i + 1) * math.prod(shape[1:])], shape[1:]) for i in range(shape[0])]


def outputs(layer, rows):
    return flat(rows) if len(layer.shape) == 1 else images(flat(rows), (layer.rows, *layer.shape[1:]))


def describe(layer):
    conv = {"kernel": layer.spec["kernel"], "stride": layer.spec["stride"], "padding": "same"} if "kernel" in layer.spec else {}
    gain = {"row": layer.gain, "scalar": layer.gain[0]}.get(layer.kind)
    activation = {"activation": "linear"} if layer.slope == 1 else {"activation": "leaky-relu", "slope": layer.slope}
    return {"kind": "conv" if conv else "dense", **activation, **conv, "keep": layer.keep, "square": layer.square,
            "weight": layer.weight, "bias": layer.bias, **({} if gain is None else {"gain": gain})}


def dense(keep, gain=None, **more):
    return {"keep": keep, "gain": gain, **more}


def conv(kernel, stride, keep, gain=None, **more):
    return {"kernel": kernel, "stride": stride, "keep": keep, "gain": gain, **more}


def out(keep, gain=None, **more):
    return dense(keep, gain, slope="1", **more)


PLANS = [
    {"name": "dense-gains-by-row", "input": (9,), "batch": 3, "layers": [dense(9, "row", square=False), dense(8, "row"), out(4, "row")]},
    {"name": "dense-one-gain-a-layer", "input": (8,), "batch": 2, "loss": "half-mean-square", "targetStep": "2",
     "layers": [dense(8, "scalar", slope="0.7", condition=10), dense(7, None, slope="0.7", condition=10), out(3, "scalar")]},
    {"name": "dense-confident-labels", "input": (9,), "batch": 3, "confident": "1e-9", "layers": [dense(9, square=False), dense(8), out(4)]},
    {"name": "dense-confident-labels-with-gains", "input": (8,), "batch": 2, "confident": "1e-9", "layers": [dense(8, "row"), dense(6, "scalar"), out(3, "row")]},
    {"name": "dense-condition-100-with-gains", "input": (9,), "batch": 3, "layers": [dense(9, "row", condition=100), dense(9, "row", condition=100), out(4, None, condition=100)]},
    {"name": "dense-condition-10000", "input": (9,), "batch": 2, "layers": [dense(9, condition=10000), dense(9, condition=10000), out(4, condition=10000)]},
    {"name": "dense-batch-of-one-with-gains", "input": (7,), "batch": 1, "targetStep": "2", "layers": [dense(7, "row"), dense(5, "row"), out(2, "scalar")]},
    {"name": "conv-stride-above-kernel", "input": (1, 7, 8), "batch": 2, "layers": [conv(2, 3, 2, "scalar", square=False), conv(2, 3, 4), out(2, "row")]},
    {"name": "conv-overlapping-with-gains", "input": (1, 5, 4), "batch": 2, "layers": [conv(3, 2, 1, "row", square=False), conv(5, 1, 2, "row"), out(3, "row")]},
    {"name": "conv-single-pixels", "input": (2, 3, 3), "batch": 2, "targetStep": "2", "layers": [conv(3, 3, 3, "row", square=False), conv(1, 1, 3, "row", slope="0.7"), out(2)]},
    {"name": "conv-overlapping", "input": (1, 4, 5), "batch": 1, "confident": "1e-6", "layers": [conv(1, 1, 1, square=False), conv(3, 1, 1, condition=10), conv(3, 2, 3, slope="0.7"), out(2)]},
]


def number(value):
    return float(value) if isinstance(value, D) else value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", nargs="+", default=[""], help="only cases whose name contains one of these")
    arguments = parser.parse_args()
    cases = [case(arguments.seed, plan) for plan in PLANS if any(word in plan["name"] for word in arguments.cases)]
    with open(arguments.file, "w", encoding="utf-8") as file:
        file.write('{"schema": "gaitprop-vectors/1", "dtype": "float64", "cases": [\n')
        file.write(",\n".join(json.dumps(c, default=number, separators=(",", ":")) for c in cases))
        file.write("\n]}\n")


main()
