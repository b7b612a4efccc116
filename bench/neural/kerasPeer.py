"""The side of TensorFlow and Keras in the contest of networks; peers.py says how it is called."""
import math
import os
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np
import tensorflow as tf
import keras
from keras import layers

from peers import answer_requests, learning_rate, noise

tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[1]))
tf.config.threading.set_inter_op_parallelism_threads(int(sys.argv[1]))


class Values:
    """First values in the order of our flat vector, brought into Keras's layouts."""

    def __init__(self):
        self.at = 0

    def take(self, shape, limit):
        size = int(np.prod(shape))
        values = limit * noise(self.at + np.arange(size))
        self.at += size
        return values.reshape(shape).astype(np.float32)

    def skip(self, size):
        self.at += size


def dense(values, x, units, activation=None):
    width = x.shape[-1]
    layer = layers.Dense(units, activation=activation)
    y = layer(x)
    layer.set_weights([values.take([width, units], 1 / math.sqrt(width)), np.zeros(units)])
    values.skip(units)
    return y


def normalized(values, x):
    values.skip(2 * x.shape[-1])
    return layers.LayerNormalization(epsilon=1e-5)(x)


def attention(values, x, heads):
    _, steps, width = x.shape
    q, k, v = keras.ops.split(dense(values, x, 3 * width), 3, axis=-1)
    apart = lambda p: keras.ops.transpose(keras.ops.reshape(p, [-1, steps, heads, width // heads]), [0, 2, 1, 3])
    scores = keras.ops.matmul(apart(q) / math.sqrt(width // heads), keras.ops.transpose(apart(k), [0, 1, 3, 2]))
    mixed = keras.ops.matmul(keras.ops.softmax(scores), apart(v))
    return dense(values, keras.ops.reshape(keras.ops.transpose(mixed, [0, 2, 1, 3]), [-1, steps, width]), width)


def recurrent(values, x, cell, units):
    width = x.shape[-1]
    # Keras's order of gates: input, forget, candidate, output; ours input, output, forget, candidate. GRU's is the same.
    order = {'lstm': [0, 2, 3, 1], 'gru': [0, 1, 2]}[cell]
    layer = {'lstm': layers.LSTM, 'gru': layers.GRU}[cell](units)
    y = layer(x)
    rows = len(order) * units
    parts = [values.take([rows, width], 1 / math.sqrt(width)), values.take([rows, units], 1 / math.sqrt(units))]
    turned = [np.concatenate([part[gate * units:(gate + 1) * units] for gate in order]).T for part in parts]
    layer.set_weights([*turned, np.zeros(layer.weights[2].shape)])
    values.skip(2 * rows)
    return y


def convolution(values, x, filters, kernel):
    channels = x.shape[-1]
    layer = layers.Conv2D(filters, kernel, padding='same', activation='relu')
    y = layer(x)
    weights = values.take([filters, channels, kernel, kernel], 1 / math.sqrt(channels * kernel * kernel))
    layer.set_weights([weights.transpose(2, 3, 1, 0), np.zeros(filters)])
    values.skip(filters)
    return y


def waves(steps, width):
    return np.array([[(math.sin if j % 2 == 0 else math.cos)(s / 10000 ** ((j - j % 2) / width)) for j in range(width)] for s in range(steps)], np.float32)


def add(values, x, specs):
    for s in specs:
        kind = s['kind']
        if kind == 'dense':
            activation = {'relu': 'relu', 'gelu': lambda y: keras.ops.gelu(y, approximate=False)}.get(s.get('activation'))
            x = dense(values, x, s['units'], activation)
        elif kind == 'convolution':
            x = convolution(values, x, s['filters'], s['kernel'])
        elif kind == 'maxPool':
            x = layers.MaxPooling2D(s['size'])(x)
        elif kind == 'flatten':
            # Channel by channel, as our weights have it.
            x = layers.Flatten()(layers.Permute([3, 1, 2])(x))
        elif kind == 'recurrent':
            x = recurrent(values, x, s['cell'], s['units'])
        elif kind == 'attention':
            x = attention(values, x, s['heads'])
        elif kind == 'layerNormalization':
            x = normalized(values, x)
        elif kind == 'positionalEncoding':
            x = x + waves(*x.shape[1:])
        elif kind == 'residual':
            x = x + add(values, x, s['layers'])
        elif kind == 'globalAveragePool':
            x = layers.GlobalAveragePooling1D()(x)
    return x


class Keras:
    versions = f'TensorFlow {tf.__version__} with Keras {keras.__version__}'

    def __init__(self, entry, features, labels):
        i, self.classes = entry['input'], entry['classes']
        self.shape = {'table': lambda: [i['features']], 'image': lambda: [i['height'], i['width'], i['channels']], 'sequence': lambda: [i['steps'], i['features']]}[i['kind']]()
        values = Values()
        x = keras.Input(self.shape)
        y = dense(values, add(values, x, entry['layers']), self.classes if self.classes > 2 else 1)
        self.network = keras.Model(x, y)
        self.features = tf.constant(features.reshape([-1, *self.shape]))
        self.labels = tf.constant(labels if self.classes > 2 else labels.reshape(-1, 1).astype(np.float32))
        loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True) if self.classes > 2 else keras.losses.BinaryCrossentropy(from_logits=True)
        optimizer = keras.optimizers.Adam(learning_rate, epsilon=1e-8)
        optimizer.build(self.network.trainable_variables)

        @tf.function
        def step(chosen):
            with tf.GradientTape() as tape:
                loss = loss_of(tf.gather(self.labels, chosen), self.network(tf.gather(self.features, chosen), training=True))
            variables = self.network.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return loss

        self.compiled = step
        self.forward = tf.function(lambda x: self.network(x, training=False))

    def indices(self, rows):
        return tf.constant(rows)

    def step(self, chosen):
        return float(self.compiled(chosen))

    def answers(self, features):
        logits = self.forward(tf.constant(features.reshape([-1, *self.shape]))).numpy()
        return logits.argmax(1) if self.classes > 2 else (logits[:, 0] > 0).astype(np.int64)


answer_requests(Keras)
