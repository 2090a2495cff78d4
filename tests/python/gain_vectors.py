"""Writes reference vectors with unit gains (gaitprop-vectors/1): the rules as printed, in 60 decimal digits, with nothing but Python's standard library.

    python3 tests/python/gain_vectors.py [SEED] > FILE

It shares no code with the kit. Weights, biases, gains and inputs are float64 numbers; everything computed from them is rounded to float64 once, at the end.
"""
import json
import random
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60
ZERO, ONE = Decimal(0), Decimal(1)


class Layer:
    """A dense map with gains, z = g (W x) + b, at every position of its input. -1 among the inputs that a position sees is padding."""

    def __init__(self, kind, shape, rows, keep, slope, gain, rng, kernel=0, stride=0):
        self.kind, self.keep, self.slope, self.kernel, self.stride = kind, keep, slope, kernel, stride
        self.seen, self.out = places(shape, kernel, stride) if kind == "conv" else ([list(range(size(shape)))], None)
        fan_in = len(self.seen[0])
        self.rows = fan_in if rows is None else rows
        self.weight = nearly_orthogonal(self.rows, fan_in, rng)
        self.bias = [rng.gauss(0, 0.2) for _ in range(self.rows)]
        self.gain = None if gain is None else rng.gauss(0, 0.2) + 1.4 if gain == "scalar" else [rng.choice([1, 1, -1]) * (0.6 + rng.random()) for _ in range(self.rows)]
        self.shape = [keep] + self.out if self.out else [keep]
        self.positions = len(self.seen)
        self.w = [[Decimal(v) for v in row] for row in self.weight]
        self.b = [Decimal(v) for v in self.bias]
        self.g = [ONE if gain is None else Decimal(self.gain) if gain == "scalar" else Decimal(self.gain[r]) for r in range(self.rows)]
        self.s = Decimal(slope)

    def weighted(self, x):
        return [[sum((w * x[j] for w, j in zip(row, seen) if j >= 0), ZERO) for seen in self.seen] for row in self.w]

    def forward(self, x):
        u = self.weighted(x)
        z = [[self.g[r] * v + self.b[r] for v in row] for r, row in enumerate(u)]
        return [[v if v > 0 else self.s * v for v in row] for row in z]

    def derivative(self, a):
        return [[self.g[r] * (ONE if v > 0 else self.s) for v in row] for r, row in enumerate(a)]

    def weighted_input(self, a):
        return [[((v if v > 0 else v / self.s) - self.b[r]) / self.g[r] for v in row] for r, row in enumerate(a)]

    def inverse(self, a, x):
        """G(a): the inverse image of every position, summed where fields overlap, less (count - 1) x."""
        u, below, count = self.weighted_input(a), [ZERO] * len(x), [0] * len(x)
        for p, seen in enumerate(self.seen):
            for j, v in zip(seen, solve(self.w, [row[p] for row in u])):
                if j >= 0:
                    below[j] += v
                    count[j] += 1
        return [v - (c - 1) * o for v, c, o in zip(below, count, x)]

    def transposed(self, delta, x):
        below = [ZERO] * len(x)
        for p, seen in enumerate(self.seen):
            for i, j in enumerate(seen):
                if j >= 0:
                    below[j] += sum((self.w[r][i] * delta[r][p] for r in range(len(delta))), ZERO)
        return below


def size(shape):
    n = 1
    for s in shape:
        n *= s
    return n


def places(shape, kernel, stride):
    channels, height, width = shape
    rows, columns = -(-height // stride), -(-width // stride)
    top, left = max(0, (rows - 1) * stride + kernel - height) // 2, max(0, (columns - 1) * stride + kernel - width) // 2
    seen = []
    for r in range(rows):
        for c in range(columns):
            field = []
            for channel in range(channels):
                for ky in range(kernel):
                    for kx in range(kernel):
                        y, x = r * stride - top + ky, c * stride - left + kx
                        field.append((channel * height + y) * width + x if 0 <= y < height and 0 <= x < width else -1)
            seen.append(field)
    return seen, [rows, columns]


def nearly_orthogonal(rows, columns, rng):
    basis = []
    while len(basis) < min(rows, columns):
        v = [rng.gauss(0, 1) for _ in range(max(rows, columns))]
        for b in basis:
            d = sum(p * q for p, q in zip(v, b))
            v = [p - d * q for p, q in zip(v, b)]
        n = sum(p * p for p in v) ** 0.5
        basis.append([p / n for p in v])
    matrix = basis if rows <= columns else [list(r) for r in zip(*basis)]
    return [[v + rng.gauss(0, 0.05) for v in row] for row in matrix]


def solve(matrix, right):
    n = len(right)
    m = [list(row) + [r] for row, r in zip(matrix, right)]
    for c in range(n):
        pivot = max(range(c, n), key=lambda r: abs(m[r][c]))
        m[c], m[pivot] = m[pivot], m[c]
        for r in range(c + 1, n):
            f = m[r][c] / m[c][c]
            if f:
                m[r] = [p - f * q for p, q in zip(m[r], m[c])]
    x = [ZERO] * n
    for r in range(n - 1, -1, -1):
        x[r] = (m[r][n] - sum((m[r][j] * x[j] for j in range(r + 1, n)), ZERO)) / m[r][r]
    return x


def kept(layer, a):
    return [v for row in a[: layer.keep] for v in row]


def loss_gradient(loss, y, sample, batch):
    if loss["kind"] == "cross-entropy-sum":
        e = [v.exp() for v in y]
        total, label = sum(e, ZERO), loss["labels"][sample]
        others = sum((v for i, v in enumerate(e) if i != label), ZERO)
        return (ONE + others / e[label]).ln(), [-others / total if i == label else v / total for i, v in enumerate(e)]
    error = [p - Decimal(q) for p, q in zip(y, loss["target"][sample])]
    return sum((v * v for v in error), ZERO) / (2 * batch), [v / batch for v in error]


def update(layers, rule, traces, errors, k):
    """dL/dW, dL/db and dL/dg of each layer, summed over samples: the literal form, line by line."""
    sums = [([[ZERO] * len(l.w[0]) for _ in l.w], [ZERO] * l.rows, [ZERO] * l.rows) for l in layers]
    for (inputs, activations), error in zip(traces, errors):
        t = [list(row) for row in activations[-1]]
        last = layers[-1]
        for i, g in enumerate(error):
            t[i // last.positions][i % last.positions] -= k * g
        below, m = error, ONE
        for l in range(len(layers) - 1, -1, -1):
            layer, a, x = layers[l], activations[l], inputs[l]
            d = layer.derivative(a)
            if rule["rule"] == "backprop":
                e = [below[i * layer.positions:(i + 1) * layer.positions] for i in range(layer.keep)] + [[ZERO] * layer.positions] * (layer.rows - layer.keep)
            else:
                e = [[-(m / k) * (p - q) for p, q in zip(tr, ar)] for tr, ar in zip(t, a)]
            delta = [[p * q for p, q in zip(er, dr)] for er, dr in zip(e, d)]
            u = layer.weighted(x)
            weight, bias, gain = sums[l]
            for r in range(layer.rows):
                for p, seen in enumerate(layer.seen):
                    if delta[r][p]:
                        bias[r] += delta[r][p] / layer.g[r]
                        gain[r] += delta[r][p] / layer.g[r] * u[r][p]
                        for i, j in enumerate(seen):
                            if j >= 0:
                                weight[r][i] += delta[r][p] * x[j]
            if l == 0:
                break
            if rule["rule"] == "backprop":
                below = layer.transposed(delta, x)
                continue
            n = t
            if rule["rule"] != "target-propagation":
                distance = sum(((p - q) ** 2 for tr, ar in zip(t, a) for p, q in zip(tr, ar)), ZERO).sqrt()
                gamma = Decimal(rule["gamma"]) if rule["rule"] == "gait" else Decimal(rule["eta"]) * Decimal(layer.rows * layer.positions).sqrt() / distance
                n = [[(1 - gamma * q * q) * p + gamma * q * q * s for p, q, s in zip(ar, dr, tr)] for ar, dr, tr in zip(a, d, t)]
                m /= gamma
            image = layer.inverse(n, x)
            under = layers[l - 1]
            t = [list(row) for row in activations[l - 1]]
            for i, v in enumerate(image):
                t[i // under.positions][i % under.positions] = v
    return sums


def numbers(value):
    return [numbers(v) for v in value] if isinstance(value, list) else float(value)


def case(name, shape, batch, plan, loss, rng):
    layers = []
    below = shape
    for kind, rows, keep, slope, gain, *conv in plan:
        layers.append(Layer(kind, below, rows, keep, slope, gain, rng, *conv))
        below = layers[-1].shape
    inputs = [[rng.gauss(0, 1) for _ in range(size(shape))] for _ in range(batch)]
    traces, errors, value = [], [], ZERO
    for sample, x in enumerate(inputs):
        x, seen, activations = [Decimal(v) for v in x], [], []
        for layer in layers:
            seen.append(x)
            activations.append(layer.forward(x))
            x = kept(layer, activations[-1])
        one, error = loss_gradient(loss, x, sample, batch)
        value += one
        traces.append((seen, activations))
        errors.append(error)
    k = Decimal(loss["targetStep"])
    rules = [{"rule": "backprop"}, {"rule": "gait", "gamma": 0.03125}, {"rule": "normalised-gait", "eta": 1e-6}, {"rule": "target-propagation"}]
    if loss["kind"] == "half-mean-square" and k > 1:
        rules.pop()
    written = []
    for rule in rules:
        gradients = []
        for layer, (weight, bias, gain) in zip(layers, update(layers, rule, traces, errors, k)):
            gradient = {"weight": numbers(weight), "bias": numbers(bias)}
            if layer.gain is not None:
                gradient["gain"] = numbers([sum(gain, ZERO)] if isinstance(layer.gain, float) else gain)
            gradients.append(gradient)
        written.append({**rule, "form": "literal", "gradients": gradients})

    def shaped(layer, a):
        return numbers([row[0] for row in a] if layer.out is None else [[row[i * layer.out[1]:(i + 1) * layer.out[1]] for i in range(layer.out[0])] for row in a])

    def image(x):
        if len(shape) == 1:
            return x
        c, h, w = shape
        return [[x[(i * h + j) * w:(i * h + j + 1) * w] for j in range(h)] for i in range(c)]

    described = []
    for index, layer in enumerate(layers):
        entry = {"kind": layer.kind, "activation": "linear" if layer.slope == 1 else "leaky-relu", "slope": layer.slope, "square": index > 0, "keep": layer.keep}
        if layer.kind == "conv":
            entry.update(kernel=layer.kernel, stride=layer.stride, padding="same")
        if layer.gain is not None:
            entry["gain"] = layer.gain
        described.append({**entry, "weight": layer.weight, "bias": layer.bias})
    return {
        "name": name, "input": [image(x) for x in inputs], "layers": described, "loss": {**loss, "value": float(value)},
        "activations": [[shaped(layer, activations[l]) for _, activations in traces] for l, layer in enumerate(layers)], "rules": written,
    }


def main():
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    cases = [
        case("gains, dense", [6], 3, [("dense", 5, 5, 0.1, None), ("dense", None, 4, 0.1, "row"), ("dense", None, 3, 1, "scalar")],
             {"kind": "cross-entropy-sum", "labels": [0, 2, 1], "targetStep": 0.5}, rng),
        case("gains, convolution that overlaps, slope 0.7, target step 2", [2, 4, 5], 2,
             [("conv", 2, 2, 0.7, "row", 3, 2), ("conv", None, 2, 0.7, "row", 3, 1), ("dense", None, 3, 1, "row")],
             {"kind": "half-mean-square", "target": [[0.5, -1.0, 0.25], [0.0, 1.5, -0.75]], "targetStep": 2}, rng),
        case("gains, batch of one, stride above the kernel, single-pixel output", [2, 3, 3], 1,
             [("conv", 3, 3, 0.1, "scalar", 2, 3), ("dense", None, 2, 1, "row")],
             {"kind": "cross-entropy-sum", "labels": [1], "targetStep": 0.5}, rng),
    ]
    json.dump({"schema": "gaitprop-vectors/1", "cases": cases}, sys.stdout, separators=(",", ":"))


main()
