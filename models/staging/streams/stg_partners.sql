{{ used_stream('partners') }}
