"""The whole pack on the SDK's own analyzer."""

from policies.pack import serve

serve(install=lambda rules: False)
