"""The same as ours.ts by PyTorch: python bench/neural/pytorch.py [--threads N] [--out FILE]

Equal networks, data, first values, batches and optimizer; batch gather and Adam are part of a step.
"""
import json
import math
import os
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
threads = int(sys.argv[sys.argv.index('--threads') + 1]) if '--threads' in sys.argv else 2
torch.set_num_threads(threads)
CURVE, SECONDS, REPEATS = 100, float(os.environ.get('SECONDS', 0.4)), 5


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.qkv, self.out, self.heads = nn.Linear(width, 3 * width), nn.Linear(width, width), heads

    def forward(self, x):
        b, t, w = x.shape
        q, k, v = [p.reshape(b, t, self.heads, w // self.heads).transpose(1, 2) for p in self.qkv(x).split(w, -1)]
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, w))


class Waves(nn.Module):
    def forward(self, x):
        if not hasattr(self, 'waves'):
            t, w = x.shape[1:]
            self.waves = torch.tensor([[(math.sin if j % 2 == 0 else math.cos)(s / 10000 ** ((j - j % 2) / w)) for j in range(w)] for s in range(t)])
        return x + self.waves


class Last(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, x):
        return self.cell(x)[0][:, -1]


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(1)


class Shape(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(x.shape[0], *self.shape)


def build(entry):
    i = entry['input']
    modules, shape = [], None
    if i['kind'] == 'table':
        width = i['features']
    elif i['kind'] == 'image':
        shape = [i['channels'], i['height'], i['width']]
        modules.append(Shape(*shape))
    else:
        width = i['features']
        modules.append(Shape(i['steps'], i['features']))

    def add(layers, width, shape):
        made = []
        for s in layers:
            kind = s['kind']
            if kind == 'dense':
                made.append(nn.Linear(width, s['units']))
                width = s['units']
                if s.get('activation'):
                    made.append({'relu': nn.ReLU, 'gelu': nn.GELU}[s['activation']]())
            elif kind == 'convolution':
                made += [nn.Conv2d(shape[0], s['filters'], s['kernel'], padding=s['kernel'] // 2), nn.ReLU()]
                shape = [s['filters'], *shape[1:]]
            elif kind == 'maxPool':
                made.append(nn.MaxPool2d(s['size']))
                shape = [shape[0]] + [n // s['size'] for n in shape[1:]]
            elif kind == 'flatten':
                made.append(nn.Flatten())
                width = shape[0] * shape[1] * shape[2]
            elif kind == 'recurrent':
                made.append(Last({'lstm': nn.LSTM, 'gru': nn.GRU, 'rnn': nn.RNN}[s['cell']](width, s['units'], batch_first=True)))
                width = s['units']
            elif kind == 'attention':
                made.append(Attention(width, s['heads']))
            elif kind == 'layerNormalization':
                made.append(nn.LayerNorm(width))
            elif kind == 'positionalEncoding':
                made.append(Waves())
            elif kind == 'residual':
                inner, width, shape = add(s['layers'], width, shape)
                made.append(Residual(nn.Sequential(*inner)))
            elif kind == 'globalAveragePool':
                made.append(Mean())
        return made, width, shape

    made, width, shape = add(entry['layers'], width if i['kind'] != 'image' else None, shape)
    return nn.Sequential(*modules, *made, nn.Linear(width, entry['classes'] if entry['classes'] > 2 else 1))


def noise(places):
    """From -1 to 1, the same for the same place."""
    h = (places + 1).astype(np.uint32) * np.uint32(0x9E3779B1)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(0x85EBCA77)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE3D)
    return (h ^ (h >> np.uint32(16))).astype(np.float64) / 2147483648 - 1


def initialize(network):
    """ours.ts counts values of its flat vector; dense weights lie [in, out] there, recurrent ones in ONNX's order of gates."""
    at = 0

    def wave(shape, limit):
        nonlocal at
        size = int(np.prod(shape))
        values = limit * noise(at + np.arange(size)) if limit else np.zeros(size)
        at += size
        return torch.tensor(values.reshape(shape).astype(np.float32))

    for module in network.modules():
        with torch.no_grad():
            if isinstance(module, nn.Linear):
                out, inp = module.weight.shape
                module.weight.copy_(wave([inp, out], 1 / math.sqrt(inp)).T)
                module.bias.copy_(wave([out], 0))
            elif isinstance(module, nn.Conv2d):
                shape = list(module.weight.shape)
                module.weight.copy_(wave(shape, 1 / math.sqrt(np.prod(shape[1:]))))
                module.bias.copy_(wave([shape[0]], 0))
            elif isinstance(module, nn.LayerNorm):
                module.weight.fill_(1)
                module.bias.zero_()
                at += 2 * module.weight.numel()
            elif isinstance(module, (nn.LSTM, nn.GRU, nn.RNN)):
                units = module.hidden_size
                order = {nn.LSTM: [0, 2, 3, 1], nn.GRU: [1, 0, 2], nn.RNN: [0]}[type(module)]
                reorder = lambda w: torch.cat([w[g * units:(g + 1) * units] for g in order])
                rows = module.weight_ih_l0.shape[0]
                module.weight_ih_l0.copy_(reorder(wave([rows, module.input_size], 1 / math.sqrt(module.input_size))))
                module.weight_hh_l0.copy_(reorder(wave([rows, units], 1 / math.sqrt(units))))
                module.bias_ih_l0.zero_()
                module.bias_hh_l0.zero_()
                at += 2 * rows


def measure(entry, batch):
    network = build(entry)
    initialize(network)
    i, classes = entry['input'], entry['classes']
    width = {'table': lambda: i['features'], 'image': lambda: i['height'] * i['width'] * i['channels'], 'sequence': lambda: i['steps'] * i['features']}[i['kind']]()
    rows = batch * 8
    label = (np.arange(rows) * 7 + 3) % 11 % classes
    patterns = noise(7_000_000 + label[:, None] * width + np.arange(width))
    x = torch.tensor((0.5 * noise(np.arange(rows * width)).reshape(rows, width) + patterns).astype(np.float32))
    y = torch.tensor(label)
    y = y if classes > 2 else y.float().reshape(-1, 1)
    loss_of = F.cross_entropy if classes > 2 else F.binary_cross_entropy_with_logits
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001, fused=True)
    indices = [torch.arange(part * batch, (part + 1) * batch) for part in range(8)]
    made = 0

    def step():
        nonlocal made
        chosen = indices[made % 8]
        loss = loss_of(network(x[chosen]), y[chosen])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        made += 1
        return loss.item()

    losses = [step() for _ in range(CURVE)]
    times, least = [], float('inf')
    for _ in range(REPEATS):
        begun, steps = time.perf_counter(), 0
        while time.perf_counter() - begun < SECONDS:
            at = time.perf_counter()
            step()
            least = min(least, time.perf_counter() - at)
            steps += 1
        times.append((time.perf_counter() - begun) * 1e6 / steps)
    return {'name': entry['name'], 'batch': batch, 'microseconds': sorted(times)[REPEATS // 2], 'least': least * 1e6, 'losses': losses}


with open(os.path.join(here, 'networks.json')) as file:
    entries = json.load(file)
results = []
for entry in entries:
    if os.environ.get('ONLY', '') in entry['name']:
        for batch in entry['batches']:
            results.append(measure(entry, batch))
            print(entry['name'], batch, '%.1f' % results[-1]['microseconds'], 'least %.1f' % results[-1]['least'])
if '--out' in sys.argv:
    with open(sys.argv[sys.argv.index('--out') + 1], 'w') as file:
        json.dump(results, file)
