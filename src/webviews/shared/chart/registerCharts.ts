import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';

// Only what the views draw; the rest of the library stays out of the bundles.
Chart.register(
  BarController, BarElement, LineController, LineElement, ScatterController, PointElement, CategoryScale, LinearScale, Tooltip,
);

export { Chart };
