-- Uses: basics
-- The steps of a verification, and the deliveries that they and resends add.

-- The gap before the next resend doubles with each delivery that was asked for, up to four times the first.
local function add_delivery(key, now, channel, carrier, step, by, gap)
  local n = redis.call('HINCRBY', key, 'deliveries', 1)
  redis.call('HSET', key, n, table.concat({ channel, carrier, now, step, by }, ' '),
    n .. '.state', 'queued ' .. now .. ' 0 -')
  if gap then
    local asked = 0
    for i = 1, n do
      if words(redis.call('HGET', key, i))[5] ~= 'fallback' then asked = asked + 1 end
    end
    redis.call('HSET', key, 'resend_at', now + gap * math.min(2 ^ (asked - 1), 4))
  end
  return n
end

-- Notes the request that the newest delivery is of, where it had an Idempotency-Key.
local function asked_by(key, fingerprint)
  if fingerprint == '' then redis.call('HDEL', key, 'asked') else redis.call('HSET', key, 'asked', fingerprint) end
end

-- The steps of a verification's workflow, each { channel, carrier, patience in ms }.
local function steps_of(plan)
  local steps = {}
  for step in string.gmatch(plan or '', '[^,]+') do steps[#steps + 1] = words(step) end
  return steps
end

-- What a resend by a channel does to the workflow: the step it belongs to, 0 if to none. One that is still ahead
-- counts as reached.
local function reach_step(key, channel)
  local fields = redis.call('HMGET', key, 'plan', 'step')
  local reached = tonumber(fields[2] or 1)
  for i, step in ipairs(steps_of(fields[1])) do
    if i >= reached and step[1] == channel then
      if i > reached then redis.call('HSET', key, 'step', i) end
      return i
    end
  end
  return 0
end
