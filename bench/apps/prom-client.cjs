// prom-client with its default metrics, as most applications load it.
require('prom-client').collectDefaultMetrics();
