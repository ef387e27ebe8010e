"""The systems a world can land as. Each module has

LANDINGS                       the ways its tables can land; the first is the usual one
tables(lander, landing)        raw table -> its rows, an Arrow table or an iterator of them
owners(lander)                 Arrow table (stream, source, source_id, organisation) of every record that is an
                               organisation's; organisation is the row of the world's organisations, from 0, and for
                               partners the number of organisations + 1 + the partner's row, the vendor in between
CUSTOM_FIELDS                  optional: the fields the company added to the system, as the var
                               <system>_custom_fields; or landing -> those fields
WITHOUT                        optional: landing -> tables it lacks, as the var <system>_without
planted(lander)                counts of what was made untidy on purpose
"""
