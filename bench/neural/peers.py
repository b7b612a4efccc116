"""What the Python programs of the contest share: data, first values, and how bench/neural/processPeer.ts asks.

A request is a line of JSON on the standard input, its answer a line on the standard output; see Contestant in contest.ts. The
functions below make the same numbers as those in contest.ts.
"""
import json
import sys
import time

import numpy as np

learning_rate = 0.001


def noise(places):
    """From -1 to 1, the same for the same place."""
    h = (places + 1).astype(np.uint32) * np.uint32(0x9E3779B1)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(0x85EBCA77)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE3D)
    return (h ^ (h >> np.uint32(16))).astype(np.float64) / 2147483648 - 1


def width_of(entry):
    i = entry['input']
    if i['kind'] == 'table':
        return i['features']
    return i['height'] * i['width'] * i['channels'] if i['kind'] == 'image' else i['steps'] * i['features']


def data_of(entry, rows, level, first_place=0):
    width = width_of(entry)
    label = (np.arange(rows) * 7 + 3) % 11 % entry['classes']
    patterns = noise(7_000_000 + label[:, None] * width + np.arange(width))
    features = level * noise(first_place + np.arange(rows * width)).reshape(rows, width) + patterns
    return features.astype(np.float32), label


def batches_of(rows, batch):
    return [list(range(at, at + batch)) for at in range(0, rows, batch)]


class Training:
    def __init__(self, program, entry, batch, features, labels):
        self.program = program(entry, features, labels)
        self.batches = [self.program.indices(rows) for rows in batches_of(len(labels), batch)]
        self.made = 0

    def step(self):
        self.made += 1
        return self.program.step(self.batches[(self.made - 1) % len(self.batches)])


def learn(program, entry, batch, task):
    features, labels = data_of(entry, batch * task['trainBatches'], task['noise'])
    test, test_labels = data_of(entry, batch * task['testBatches'], task['noise'], task['testPlace'])
    begun = time.perf_counter()
    training = Training(program, entry, batch, features, labels)
    while True:
        training.step()
        if training.made % task['stepsBetweenLooks'] == 0:
            right = sum(int((training.program.answers(test[rows]) == test_labels[rows]).sum()) for rows in batches_of(len(test_labels), batch))
            accuracy = right / len(test_labels)
            seconds = time.perf_counter() - begun
            if accuracy >= task['accuracy'] or training.made >= task['mostSteps'] or seconds >= task['mostSeconds']:
                return {'seconds': seconds, 'steps': training.made, 'accuracy': accuracy}


def answer_requests(program):
    training = None
    for line in sys.stdin:
        request = json.loads(line)
        kind = request['kind']
        if kind == 'versions':
            result = program.versions
        elif kind == 'open':
            entry, batch = request['entry'], request['batch']
            training = Training(program, entry, batch, *data_of(entry, batch * 8, 0.5))
            result = {'losses': [training.step() for _ in range(request['steps'])]}
        elif kind == 'time':
            begun, steps = time.perf_counter(), 0
            while time.perf_counter() - begun < request['seconds']:
                training.step()
                steps += 1
            result = (time.perf_counter() - begun) * 1e6 / steps
        else:
            result = learn(program, request['entry'], request['batch'], request['task'])
        print(json.dumps(result), flush=True)
