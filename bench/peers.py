"""Peers that run in Python. Reads one JSON request a line, answers each with one JSON line {"seconds", "score"} or {"error"},
linear models also with "objective", forests and support vector machines with "size".

Request: {"peer", "folder", "columns", "classes", "timed", "settings"}; {"peer": "versions"} is answered by a text.
"""
import json
import os
import sys
import time

THREADS = sys.argv[1]
for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = THREADS

import numpy as np  # noqa: E402  (after the thread settings)


def make(peer, classes, settings):
    threads = int(THREADS)
    classifies = classes > 0
    if peer == 'sklearn.hgb':
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
        return (HistGradientBoostingClassifier if classifies else HistGradientBoostingRegressor)(early_stopping=False, **settings)
    if peer == 'xgboost':
        import xgboost
        kind = xgboost.XGBClassifier if classifies else xgboost.XGBRegressor
        return kind(tree_method='hist', n_estimators=100, max_depth=6, max_bin=255, learning_rate=0.1, n_jobs=threads, **settings)
    if peer == 'lightgbm':
        import lightgbm
        kind = lightgbm.LGBMClassifier if classifies else lightgbm.LGBMRegressor
        return kind(n_estimators=100, num_leaves=31, max_bin=255, learning_rate=0.1, n_jobs=threads, verbose=-1, **settings)
    if peer in ('sklearn.forest', 'sklearn.extraTrees'):
        from sklearn import ensemble
        if settings.get('max_features') == 1:
            settings = {**settings, 'max_features': 1.0}
        name = ('RandomForest' if peer == 'sklearn.forest' else 'ExtraTrees') + ('Classifier' if classifies else 'Regressor')
        return getattr(ensemble, name)(n_jobs=threads, **settings)
    if peer == 'sklearn.svm':
        from sklearn.svm import SVC, SVR
        return (SVC if classifies else SVR)(**settings)
    if peer == 'sklearn.knn':
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
        return (KNeighborsClassifier if classifies else KNeighborsRegressor)(algorithm='brute', n_jobs=threads, **settings)
    if peer == 'sklearn.logistic':
        from sklearn.linear_model import LogisticRegression
        return LogisticRegression(**settings)
    if peer == 'sklearn.linear':
        from sklearn.linear_model import LinearRegression
        return LinearRegression(**settings)
    if peer == 'sklearn.ridge':
        from sklearn.linear_model import Ridge
        return Ridge(solver='cholesky', **settings)
    raise ValueError(f'unknown peer {peer}')


def read(folder, name, columns=None):
    values = np.fromfile(os.path.join(folder, name))
    return values if columns is None else values.reshape(-1, columns)


def run(request):
    columns = request['columns']
    folder = request['folder']
    train_x, test_x = read(folder, 'trainX', columns), read(folder, 'testX', columns)
    train_y, test_y = read(folder, 'trainY'), read(folder, 'testY')
    settings = dict(request['settings'])
    if settings.pop('dtype', '') == 'float32':
        train_x, test_x = train_x.astype(np.float32), test_x.astype(np.float32)
        train_y = train_y.astype(np.float32)
    times = []
    # As measure.ts does it: short work is done again and again, and its median counts.
    while len(times) < 15 and sum(times) < 2:
        model = make(request['peer'], request['classes'], settings)
        start = time.perf_counter()
        model.fit(train_x, train_y)
        fitted = time.perf_counter()
        predicted = model.predict(test_x)
        times.append(time.perf_counter() - fitted if request['timed'] == 'predict' else fitted - start)
    if request['classes'] > 0:
        score = float(np.mean(predicted == test_y))
    else:
        score = float(1 - np.sum((predicted - test_y) ** 2) / np.sum((test_y - test_y.mean()) ** 2))
    answer = {'seconds': float(np.median(times)), 'score': score}
    if hasattr(model, 'coef_') and request['peer'] != 'sklearn.svm':
        answer['objective'] = objective(model, train_x.astype(np.float64), train_y, request['peer'])
    if request['peer'] in ('sklearn.forest', 'sklearn.extraTrees'):
        answer['size'] = int(sum(tree.tree_.node_count for tree in model.estimators_))
    if request['peer'] == 'sklearn.svm':
        answer['size'] = int(len(model.support_))
    return answer


def objective(model, x, y, peer):
    """The penalised loss per row that the model minimises, as bench/measure.ts computes it."""
    sums = x @ np.atleast_2d(model.coef_).T.astype(np.float64) + model.intercept_
    squares = float(np.sum(model.coef_.astype(np.float64) ** 2))
    if peer != 'sklearn.logistic':
        penalty = 1 if peer == 'sklearn.ridge' else 0
        return (float(np.sum((y - sums[:, 0]) ** 2)) + penalty * squares) / len(y)
    if sums.shape[1] == 1:
        sums = np.hstack([np.zeros_like(sums), sums])
    sums -= sums.max(axis=1, keepdims=True)
    losses = np.log(np.exp(sums).sum(axis=1)) - sums[np.arange(len(y)), y.astype(int)]
    return (float(losses.sum()) + squares / 2) / len(y)


def versions():
    import importlib.metadata
    import platform
    names = ['numpy', 'scikit-learn', 'xgboost', 'lightgbm']
    found = []
    for name in names:
        try:
            found.append(f'{name} {importlib.metadata.version(name)}')
        except importlib.metadata.PackageNotFoundError:
            pass
    return f'Python {platform.python_version()}, ' + ', '.join(found)


for line in sys.stdin:
    try:
        request = json.loads(line)
        answer = versions() if request['peer'] == 'versions' else run(request)
    except ImportError as error:
        answer = {'error': str(error)}
    print(json.dumps(answer), flush=True)
