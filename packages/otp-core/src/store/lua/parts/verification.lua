-- The status of a verification, and its code.

local function code_key(key)
  return (string.gsub(key, '}:v:', '}:code:', 1))
end

-- Key name, digest and sealed content of a code; nothing of one that is over.
local function code_of(key)
  return string.match(redis.call('GET', code_key(key)) or '', '^(%S+) (%S+) (%S+)')
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
