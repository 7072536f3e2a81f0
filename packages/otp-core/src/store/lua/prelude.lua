-- What every script below shares; it is put before each of them when they are loaded.
--
-- A number of one application is one hash, ww:{tag}:number:
--   active     nonce of its newest verification
--   requests   times of its requests for a code, newest first, separated by commas
-- A verification is one hash, ww:{tag}:v:<nonce>:
--   app, status, channel, locale, country, to, metadata   text; `to` is masked, metadata is JSON
--   created_at, expires_at, resend_at                     ms since the epoch by this server's clock
--   wrong, max_attempts                                   wrong checks so far, and how many end it
--   deliveries                                            how many there are; each one has the fields
--   <n>.channel .carrier .status .error .carrier_id .created_at .updated_at
--   <n>.requests                                          requests to the carrier that may have led to a message
--   <n>.lost                                              ids of its messages that the carrier could not deliver
-- Its code is a string with the code's own life, ww:{tag}:code:<nonce>:
--   `kid digest sealed`: key name, keyed hash of the code, sealed code and number
-- Every value of a hash but metadata is short, so that Redis keeps the hash in its compact form.

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function code_key(key)
  return (string.gsub(key, '}:v:', '}:code:', 1))
end

-- Key name, digest and sealed content of a code; nothing of one that is over.
local function code_of(key)
  return string.match(redis.call('GET', code_key(key)) or '', '^(%S+) (%S+) (%S+)$')
end

-- A code that is over is deleted, and the number with it: nothing can check it or send it any more.
local function finish(key, status)
  redis.call('HSET', key, 'status', status)
  redis.call('DEL', code_key(key))
end

-- The status as of now, of the two fields read: time ends a verification without anybody's doing.
local function status_at(key, now, status, expires_at)
  if status == 'pending' and tonumber(expires_at) <= now then
    finish(key, 'expired')
    return 'expired'
  end
  return status
end

-- The fields of a delivery that waits to be sent.
local function queued(n, now, channel, carrier)
  return n .. '.channel', channel, n .. '.carrier', carrier, n .. '.status', 'queued', n .. '.created_at', now,
    n .. '.updated_at', now
end

-- The gap before the next resend doubles with each delivery, up to four times the first.
local function add_delivery(key, now, channel, carrier, gap)
  local n = redis.call('HINCRBY', key, 'deliveries', 1)
  redis.call('HSET', key, 'resend_at', now + gap * math.min(2 ^ (n - 1), 4), queued(n, now, channel, carrier))
end

local function set_delivery(key, n, now, status, reason)
  redis.call('HSET', key, n .. '.status', status, n .. '.updated_at', now)
  if reason and reason ~= '' then
    redis.call('HSET', key, n .. '.error', reason)
  else
    redis.call('HDEL', key, n .. '.error')
  end
end

-- Of how many messages of a delivery the carrier has said that they will not arrive.
local function count_lost(lost)
  local count = 0
  for _ in string.gmatch(lost or '', '[^ ]+') do count = count + 1 end
  return count
end

-- A verification with no delivery left that could still reach the phone is undeliverable.
local function finish_if_undeliverable(key)
  if redis.call('HGET', key, 'status') ~= 'pending' then return end
  for n = 1, tonumber(redis.call('HGET', key, 'deliveries')) do
    local status = redis.call('HGET', key, n .. '.status')
    if status ~= 'failed' and status ~= 'undelivered' then return end
  end
  finish(key, 'undeliverable')
end

-- Counts one event in a list of times, newest first, unless one of the policies is used up. ARGV holds them from
-- `first` on: limit, window in ms, limit, window in ms, ... Gives the new list and the longest window in ms, or nil,
-- the policy's index from 1 and the wait in ms.
local function take(list, now, first)
  local times = {}
  for time in string.gmatch(list or '', '%d+') do times[#times + 1] = tonumber(time) end
  local most, longest, denied, wait = 0, 0, nil, 0
  for i = first, #ARGV, 2 do
    local limit, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
    most, longest = math.max(most, limit), math.max(longest, window)
    local left = times[limit] and times[limit] + window - now or 0
    if left > wait then denied, wait = (i - first) / 2 + 1, left end
  end
  if denied then return nil, denied, wait end
  table.insert(times, 1, now)
  times[most + 1] = nil
  for i = 1, #times do times[i] = string.format('%.0f', times[i]) end
  return table.concat(times, ','), longest
end
