-- Counts one call, or says in how many microseconds the next one may come.
--
-- The generic cell rate algorithm: the key holds the time at which the bucket is full again, and is gone once it is. Time
-- is the server's, so that machines need not agree on theirs.
--
-- KEYS[1] the bucket. ARGV[1] microseconds between two calls, ARGV[2] microseconds that calls may come early.
local interval, early = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
-- No bucket is emptier than empty, even if the server's clock went back or the limit is another one since.
local full = math.min(tonumber(redis.call('GET', KEYS[1]) or now) or now, now + early + interval)
if full - early > now then
  return full - early - now
end
full = math.max(full, now) + interval
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0
