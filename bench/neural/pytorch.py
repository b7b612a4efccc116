"""PyTorch's side of the contest of networks; peers.py says how it is called."""
import math
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from peers import answer_requests, learning_rate, noise

torch.set_num_threads(int(sys.argv[1]))


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


def initialize(network):
    """peers.py counts values of its flat vector; dense weights lie [in, out] there, recurrent ones in ONNX's order of gates."""
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


class PyTorch:
    versions = f'PyTorch {torch.__version__.split("+")[0]}'

    def __init__(self, entry, features, labels):
        self.classes = entry['classes']
        self.network = build(entry)
        initialize(self.network)
        self.features = torch.tensor(features)
        labels = torch.tensor(labels)
        self.labels = labels if self.classes > 2 else labels.float().reshape(-1, 1)
        self.loss_of = F.cross_entropy if self.classes > 2 else F.binary_cross_entropy_with_logits
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=learning_rate, fused=True)

    def indices(self, rows):
        return torch.tensor(rows)

    def step(self, chosen):
        loss = self.loss_of(self.network(self.features[chosen]), self.labels[chosen])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def answers(self, features):
        with torch.no_grad():
            logits = self.network(torch.tensor(features))
        return (logits.argmax(1) if self.classes > 2 else (logits[:, 0] > 0).long()).numpy()


answer_requests(PyTorch)
