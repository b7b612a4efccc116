import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';

// Only what the views draw; the rest of the library stays out of the bundles.
Chart.register(
  BarController, BarElement, LineElement, ScatterController, PointElement, CategoryScale, LinearScale, Tooltip,
);

export { Chart };
