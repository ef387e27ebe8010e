{{ used_stream('touches') }}
