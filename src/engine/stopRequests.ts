/**
 * The user's requests to stop and keep what there is. Each ends one thing: the cross-validation while it goes on, else the fit of the run's
 * own model.
 */
export interface StopRequests {
  /** True from a request on until work goes on after it. */
  isStopRequested(): boolean;
  /** Says that the request has had its effect, and that another one will have another. */
  goOn(): void;
}
