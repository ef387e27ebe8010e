{{ used_stream('tickets') }}
