// Tests neither read nor fill the user's own cache; those of the cache name a folder of their own.
process.env.TRAINYARD_CACHE ??= 'off';
