{{ checked_stream('touches') }}
